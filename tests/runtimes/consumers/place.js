/**
 * What every consumer does with the package: a blocking call, one that does not wait, and one that fails.
 * @param {any} quickcall The package, as the runtime gives it.
 * @param {{ baseUrl: string, accountId: string, authToken: string, device: string, events?: string }} config
 */
export async function place({ init, Quickcall, QuickcallError }, { events: _, ...config }) {
  // A hundred at once share one load.
  await Promise.all(Array.from({ length: 100 }, () => init()));
  const quickcall = new Quickcall({ ...config, allowTokenInBrowser: true, allowBrowserRepeat: true });
  const started = await quickcall.call({ number: "(415) 555-0100" });
  const accepted = await quickcall.call({ number: "+1 415 777 0100", blocking: false });
  const failed = await quickcall
    .call({ number: "415 555 0101" })
    .catch((/** @type {unknown} */ error) => error);
  return {
    states: [started.state, accepted.state],
    callIds: started.callIds.length,
    failed: [failed instanceof QuickcallError, failed.code, failed.outcome, failed.hangupCause],
  };
}
