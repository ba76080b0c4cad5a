/**
 * Certificates for tests over TLS, made anew each time: Node signs, but makes none.
 * @module
 */

import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** Identifiers as they stand in a certificate. */
const SIGNED = sequence(der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
const COMMON_NAME = der(0x06, Buffer.from("550403", "hex"));
const ALTERNATIVE_NAME = der(0x06, Buffer.from("551d11", "hex"));
const CONSTRAINTS = der(0x06, Buffer.from("551d13", "hex"));

const TRUE = der(0x01, Buffer.from([0xff]));
const DAY = 86_400_000;

/**
 * An authority to trust, and what it has signed for the local address.
 * @typedef {{ cert: string, key: string }} Certified
 */

/**
 * An authority, the certificate of a server at 127.0.0.1, one of another host, and one that has expired.
 * @returns {{ authority: string, right: Certified, other: Certified, expired: Certified }}
 */
export function certificates() {
  const authority = pair();
  // With a true in it: it may sign.
  const isAuthority = sequence(CONSTRAINTS, TRUE, der(0x04, sequence(TRUE)));
  const of = (/** @type {Buffer} */ name, age = 0) => {
    const own = pair();
    const names = sequence(ALTERNATIVE_NAME, der(0x04, sequence(name)));
    const cert = certificate("server", own.publicKey, names, authority.privateKey, age);
    return { cert, key: own.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
  };
  const address = der(0x87, Buffer.from([127, 0, 0, 1]));
  return {
    authority: certificate("authority", authority.publicKey, isAuthority, authority.privateKey, 0),
    right: of(address),
    other: of(der(0x82, Buffer.from("other.test"))),
    expired: of(address, 10 * DAY),
  };
}

function pair() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/**
 * @param {string} subject
 * @param {import("node:crypto").KeyObject} publicKey
 * @param {Buffer} extension
 * @param {import("node:crypto").KeyObject} authority
 * @param {number} age How long ago its days were, in milliseconds.
 */
function certificate(subject, publicKey, extension, authority, age) {
  const now = Date.now() - age;
  const name = (/** @type {string} */ text) =>
    sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(text)))));
  const time = (/** @type {number} */ at) => {
    // Two digits of the year.
    const text = new Date(at).toISOString().slice(2);
    return der(0x17, Buffer.from(text.replace(/[-:T]|\.\d+/g, "")));
  };
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    SIGNED,
    name("authority"),
    sequence(time(now - DAY), time(now + DAY)),
    name(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", content, authority)]);
  const text = sequence(content, SIGNED, der(0x03, signature)).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${text.replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
}

/** @param {Buffer[]} parts */
function sequence(...parts) {
  return der(0x30, ...parts);
}

/**
 * A value as a certificate writes it.
 * @param {number} tag
 * @param {Buffer[]} parts
 */
function der(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
