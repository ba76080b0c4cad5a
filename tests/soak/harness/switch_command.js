/**
 * The command that a server gives its switch for a call, pasted together as the server does it, and read as the switch reads it.
 * @module
 */

/**
 * What is given to the switch.
 * @typedef {{ vars: [string, string][], route: string }} Command
 */

/**
 * Pastes it together. Nothing is escaped on the way.
 * @param {Command} command
 */
export function paste({ vars, route }) {
  const list = vars.map(([name, value]) => `${name}='${value}'`).join(",");
  return `originate {${list}}sofia/sip/user_x 'm:^:transfer:${route} XML context_2' inline`;
}

/**
 * Reads it: a value ends at its quote, and each `^` begins another application.
 * @param {string} text
 * @returns {Command | string} What is wrong, where it is no such command.
 */
export function read(text) {
  const start = "originate {";
  let rest = text.slice(start.length);
  /** @type {[string, string][]} */
  const vars = [];
  while (!rest.startsWith("}")) {
    const found = /^,?([^=,{}' ]+)='([^']*)'(?=[,}])/.exec(rest);
    if (!found) return `no var: ${rest}`;
    vars.push([found[1] ?? "", found[2] ?? ""]);
    rest = rest.slice(found[0].length);
  }
  const found = /^}sofia\/sip\/user_x 'm:\^:([^']*)' inline$/.exec(rest);
  if (!found) return `no end: ${rest}`;
  const applications = (found[1] ?? "").split("^");
  const transfer = /^transfer:(\S+) XML context_2$/.exec(applications[0] ?? "");
  if (applications.length !== 1 || !transfer) return `no single transfer: ${found[1]}`;
  return { vars, route: transfer[1] ?? "" };
}
