/**
 * The fields of the form: what can be said of a call and of the server, with what the API document and servers make of it.
 * @module
 */

/**
 * @typedef {object} Field
 * @property {string} name The name in the call or the configuration.
 * @property {string} label
 * @property {string} doc What it is, in a sentence or two.
 * @property {"text" | "password" | "number" | "choice" | "switch"} kind
 * @property {[value: string, text: string][]} [choices]
 * @property {string} [placeholder]
 * @property {string} [inputmode]
 * @property {string} [only] The field is shown where the field of this name, and `value`, are as said.
 * @property {string} [value]
 */

/** @type {[string, string][]} */
const FLAG = [
  ["", "left out"],
  ["true", "true"],
  ["false", "false"],
];

/** @type {Field[]} */
export const CALL_FIELDS = [
  {
    name: "number",
    label: "Number to call",
    kind: "text",
    inputmode: "tel",
    placeholder: "(415) 555-0100",
    doc: "Write it as you like. What is dialled is shown beside it.",
  },
  {
    name: "kind",
    label: "Who is rung first",
    kind: "choice",
    choices: [
      ["user", "a user: every phone of this person"],
      ["device", "a device: one phone"],
    ],
    doc: "Your own phone. It rings before the number is dialled.",
  },
  {
    name: "id",
    label: "Id of the user or device",
    kind: "text",
    placeholder: "32 characters of 0-9 and a-f",
    doc: "As the phone system knows it.",
  },
];

/** @type {Field[]} */
export const OPTION_FIELDS = [
  {
    name: "numberFilter",
    label: "Number filter",
    kind: "choice",
    choices: [
      ["", "left out: take away what people write between digits"],
      ["true", "true: take away all but letters and digits"],
      ["false", "false: take nothing away"],
      ["pattern", "a pattern: its first group is the number"],
    ],
    doc: "The server's own filter changes only what phones show. So the number is filtered here.",
  },
  {
    name: "pattern",
    label: "Pattern",
    kind: "text",
    placeholder: "^\\+?1?(\\d{10})$",
    doc: "A regular expression with a group in ( ). Searched in linear time.",
    only: "numberFilter",
    value: "pattern",
  },
  {
    name: "blocking",
    label: "Blocking",
    kind: "choice",
    choices: FLAG,
    doc: "true, the default: wait until your phone was answered (POST). false: ask and wait for nothing (GET).",
  },
  {
    name: "timeout",
    label: "Ring time",
    kind: "number",
    placeholder: "30",
    doc: "For how many seconds your phone rings: 3 to 600. Servers make 30 of 3, and of nothing.",
  },
  {
    name: "cidName",
    label: "Caller id name",
    kind: "text",
    doc: "The name that the called party sees. Up to 35 characters.",
  },
  {
    name: "cidNumber",
    label: "Caller id number",
    kind: "text",
    doc: "The number that the called party sees. Left out, it is the endpoint's own.",
  },
  {
    name: "autoAnswer",
    label: "Auto answer",
    kind: "choice",
    choices: FLAG,
    doc: "Tells your phone to answer by itself. The default is true. A user with several phones: ignored.",
  },
  {
    name: "ignoreEarlyMedia",
    label: "Ignore early media",
    kind: "choice",
    choices: FLAG,
    doc: "true, the default: a ring tone does not count as an answer.",
  },
  {
    name: "media",
    label: "Media",
    kind: "choice",
    choices: [
      ["", "left out"],
      ["process", "process: through the switch"],
      ["bypass", "bypass: from phone to phone"],
    ],
    doc: "Which way the sound goes. The default is process.",
  },
  {
    name: "targetCallId",
    label: "Target call id",
    kind: "text",
    doc: "A call that runs already, for the choice of the media server. Ignored when the server does not know it.",
  },
];

/** @type {Field[]} */
export const SERVER_FIELDS = [
  {
    name: "baseUrl",
    label: "Base URL",
    kind: "text",
    inputmode: "url",
    placeholder: "https://kazoo.example.com:8443/v2",
    doc: "The server's API.",
  },
  {
    name: "accountId",
    label: "Account id",
    kind: "text",
    placeholder: "32 characters of 0-9 and a-f",
    doc: "The account that places the call.",
  },
  {
    name: "authToken",
    label: "Token",
    kind: "password",
    doc: "It is sent in a header, and shown nowhere.",
  },
  {
    name: "cooldown",
    label: "Cool-down",
    kind: "number",
    placeholder: "0",
    doc: "For how many seconds the same call is refused after one that ended well.",
  },
  {
    name: "allowBrowserRepeat",
    label: "Accept that the browser may send a call twice",
    kind: "switch",
    doc: "Browsers send a request again when a connection dies. Non-blocking and long calls of a page need this.",
  },
  {
    name: "events",
    label: "Websocket of events",
    kind: "text",
    inputmode: "url",
    placeholder: "wss://kazoo.example.com:5556",
    doc: "Where the server tells what becomes of calls.",
  },
  {
    name: "follow",
    label: "Follow the call to its end",
    kind: "switch",
    doc: "The call gets one more var, quickcall_id, to be known by. Then the events also tell whether a call exists whose answer was lost.",
  },
];
