/**
 * The custom application vars: a row for each, with what is wrong with it.
 * @module
 */

/** @import { Issue } from "/quickcall/dist/index.js" */
import { byId, element } from "./element.js";
import { showList } from "./issue_list.js";

/** A var's row. @typedef {{ row: Element, name: HTMLInputElement, value: HTMLInputElement, list: Element }} Row */

/** The name in a call. */
const VARS = "customApplicationVars";

/** A name that is right: what is wrong with such a var is its value. */
const NAME = /^[\w-]+$/;

/** @type {Row[]} */
const rows = [];
/** How many rows there were. */
let count = 0;

/** Rows that say something. */
const given = () => rows.filter(({ name, value }) => name.value || value.value);

/** Rows whose name an earlier one has. */
const repeated = () =>
  given().filter((row, place, all) => all.findIndex(({ name }) => name.value === row.name.value) < place);

/** @returns {Record<string, string> | undefined} What the rows say. */
export function vars() {
  const pairs = given().map(({ name, value }) => [name.value, value.value]);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

/** What is wrong with the rows and cannot be seen in an object. @returns {Issue[]} */
export function issuesOfVars() {
  return repeated().map(twice);
}

/**
 * @param {Row} row
 * @returns {Issue}
 */
function twice({ name: { value } }) {
  const message = "This name is there already. A call has each name once.";
  return { severity: "error", code: "duplicate_key", path: [VARS, value], message };
}

/**
 * Adds an empty row, and goes to it.
 * @param {() => void} onRemove
 */
export function addVar(onRemove) {
  const id = `issues-var-${++count}`;
  const field = (/** @type {string} */ what) =>
    element("input", {
      "aria-label": `${what} of the var`,
      "aria-describedby": id,
      placeholder: what.toLowerCase(),
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
    });
  const [name, value] = [field("Name"), field("Value")];
  const remove = element("button", { type: "button", class: "quiet" }, ["Remove"]);
  const list = element("ul", { class: "issues", id });
  const row = element("div", { class: "var" }, [name, value, remove, list]);
  const made = { row, name, value, list };
  remove.addEventListener("click", () => {
    rows.splice(rows.indexOf(made), 1);
    row.remove();
    byId("add-var").focus();
    onRemove();
  });
  rows.push(made);
  byId("var-rows").append(row);
  name.focus();
}

/**
 * Shows what is wrong with a var in its row.
 * @param {Issue[]} issues Those of all vars.
 */
export function showIssuesOfVars(issues) {
  const isRepeated = new Set(repeated());
  for (const row of rows) {
    const { name, value, list } = row;
    const isGiven = name.value || value.value;
    // The last of one name is what the call says.
    const isSaid = isGiven && rows.findLast((other) => other.name.value === name.value) === row;
    const own = issues.filter(
      ({ code, path }) => code !== "duplicate_key" && isSaid && path[1] === name.value,
    );
    const isName = isRepeated.has(row) || !NAME.test(name.value);
    const shown = [...own, ...(isRepeated.has(row) ? [twice(row)] : [])];
    showList(list, shown, [isName ? name : value]);
    (isName ? value : name).setAttribute("aria-invalid", "false");
  }
}
