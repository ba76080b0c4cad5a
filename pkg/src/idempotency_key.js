/** A new key for one call. */
export function newKey() {
  let key = "";
  for (const part of crypto.getRandomValues(new Uint16Array(8))) key += part.toString(16).padStart(4, "0");
  return key;
}
