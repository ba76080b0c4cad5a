/** A new key for one call. */
export function newKey() {
  let key = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) key += (byte + 256).toString(16).slice(1);
  return key;
}
