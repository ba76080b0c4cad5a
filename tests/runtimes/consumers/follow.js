/**
 * A call that is followed to its end.
 * @param {any} quickcall
 * @param {any} events
 * @param {{ baseUrl: string, accountId: string, authToken: string, device: string, events: string }} config
 */
export async function follow({ Quickcall }, { watch }, { events: url, device, ...server }) {
  const options = { ...server, allowTokenInBrowser: true };
  const watcher = await watch({ ...options, url });
  const quickcall = new Quickcall({ ...options, device, allowBrowserRepeat: true });
  const call = { number: "+1 415 777 0100", blocking: false };
  const { result, progress } = await watcher.call(quickcall, call);
  const steps = [];
  for await (const step of progress) steps.push(step);
  watcher.close();
  return {
    states: steps.map(({ state }) => state),
    hangupCause: steps.at(-1)?.hangupCause,
    isSame: steps.every(({ callId }) => callId === result.callIds[0]),
  };
}
