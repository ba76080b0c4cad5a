/**
 * The form: its fields, what they say, and the issues beside them.
 * @module
 */

/** @import { Field } from "./fields.js" */
/** @import { Issue } from "/quickcall/dist/index.js" */
import { announceIssues } from "./announce_issues.js";
import { element } from "./element.js";
import { showList } from "./issue_list.js";
import { showIssuesOfVars, vars } from "./vars.js";

/**
 * Puts fields into a part of the page.
 * @param {Element} parent
 * @param {Field[]} fields
 */
export function addFields(parent, fields) {
  parent.append(...fields.map(fieldElement));
}

/** @param {Field} field */
function fieldElement(field) {
  const { name, label, doc, kind, only, value } = field;
  const id = `field-${name}`;
  const described = { "aria-describedby": `doc-${name} issues-${name}` };
  const control = controlElement(field, { id, name, ...described });
  const text = element("label", { for: id }, [label]);
  const head = kind === "switch" ? element("div", { class: "switch" }, [control, text]) : text;
  const key = element("code", {}, [name]);
  const row = element("div", { class: "field", "data-field": name }, [
    head,
    ...(kind === "switch" ? [] : [control]),
    element("p", { class: "doc", id: `doc-${name}` }, [doc, " ", ...(OF_THE_PAGE.has(name) ? [] : [key])]),
    element("ul", { class: "issues", id: `issues-${name}`, "data-issues": name }),
  ]);
  if (only) {
    row.dataset.only = only;
    row.dataset.value = value ?? "";
  }
  return row;
}

/** Fields whose names are of this page only: the library does not know them. */
const OF_THE_PAGE = new Set(["kind", "id", "pattern"]);

/**
 * @param {Field} field
 * @param {Record<string, string>} attributes
 */
function controlElement({ kind, choices = [], placeholder = "", inputmode = "" }, attributes) {
  if (kind === "choice") {
    const options = choices.map(([value, text]) => element("option", { value }, [text]));
    return element("select", attributes, options);
  }
  if (kind === "switch") return element("input", { ...attributes, type: "checkbox" });
  const plain = { placeholder, autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
  return element("input", {
    ...attributes,
    ...plain,
    type: kind === "password" ? "password" : "text",
    ...(kind === "number" ? { inputmode: "numeric" } : {}),
    ...(inputmode ? { inputmode } : {}),
  });
}

/** What is said in the form. */
export class Form {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
  }

  /**
   * The text or choice of a field.
   * @param {string} name
   * @returns {string}
   */
  text(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name)).value;
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  setText(name, text) {
    /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name)).value = text;
  }

  /**
   * @param {string} name
   * @returns {boolean}
   */
  isOn(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name)).checked;
  }

  /**
   * The call as it is said: only what was given.
   * @returns {any}
   */
  call() {
    const filter = this.text("numberFilter");
    return {
      [this.text("kind")]: this.text("id"),
      number: this.text("number"),
      blocking: flag(this.text("blocking")),
      autoAnswer: flag(this.text("autoAnswer")),
      cidName: this.text("cidName") || undefined,
      cidNumber: this.text("cidNumber") || undefined,
      customApplicationVars: vars(),
      ignoreEarlyMedia: flag(this.text("ignoreEarlyMedia")),
      media: this.text("media") || undefined,
      numberFilter: filter === "pattern" ? this.text("pattern") : flag(filter),
      targetCallId: this.text("targetCallId") || undefined,
      timeout: number(this.text("timeout")),
    };
  }

  /**
   * The configuration as it is said.
   * @returns {any}
   */
  config() {
    return {
      baseUrl: this.text("baseUrl"),
      accountId: this.text("accountId"),
      // What a call is made of can be seen without one.
      authToken: this.text("authToken") || undefined,
      cooldown: number(this.text("cooldown")),
      allowBrowserRepeat: this.isOn("allowBrowserRepeat"),
      allowTokenInBrowser: true,
    };
  }

  /** Where events come from, as `watch` takes it. */
  events() {
    const { baseUrl, accountId, authToken } = this.config();
    return { url: this.text("events"), baseUrl, accountId, authToken };
  }

  /** Shows the fields that the choices ask for. */
  showFields() {
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (this.form.querySelectorAll("[data-only]"))) {
      row.hidden = this.text(row.dataset.only ?? "") !== row.dataset.value;
    }
  }

  /**
   * Shows each issue at the field that it is about.
   * @param {Issue[]} issues
   */
  showIssues(issues) {
    for (const list of this.form.querySelectorAll("[data-issues]")) {
      const name = list.getAttribute("data-issues") ?? "";
      const own = issues.filter((issue) => this.#fieldOf(issue) === name);
      const control = this.form.elements.namedItem(name);
      showList(list, own, control instanceof HTMLElement ? [control] : []);
    }
    showIssuesOfVars(issues.filter(isOfVar));
    announceIssues(
      issues.map(
        (issue) =>
          `${this.#labelOf(issue)}, ${issue.severity === "error" ? "error" : "note"}: ${issue.message}`,
      ),
    );
  }

  /**
   * What the fields are called that something is wrong with.
   * @param {Issue[]} issues
   * @returns {string[]}
   */
  wrongFields(issues) {
    const errors = issues.filter(({ severity }) => severity === "error");
    return [...new Set(errors.map((issue) => this.#labelOf(issue)))];
  }

  /** Goes to the first field that something is wrong with. */
  goToWrong() {
    /** @type {HTMLElement | null} */
    const wrong = this.form.querySelector('[aria-invalid="true"]');
    wrong?.focus();
  }

  /** @param {Issue} issue */
  #labelOf(issue) {
    if (isOfVar(issue)) return `The var ${issue.path[1]}`;
    const field = this.#fieldOf(issue) ?? "";
    return this.form.querySelector(`label[for="field-${field}"]`)?.textContent ?? field;
  }

  /** @param {Issue} issue */
  #fieldOf(issue) {
    const [name = "", ...rest] = issue.path;
    if (isOfVar(issue)) return undefined;
    if (name === "options") return rest[0];
    if (name === "user" || name === "device") return "id";
    if (name === "numberFilter") return this.text("numberFilter") === "pattern" ? "pattern" : name;
    // A URL that is too long is about all that was given.
    return name === "" ? "number" : name;
  }
}

/** Whether it is about one var, and not about all of them. @param {Issue} issue */
function isOfVar({ path }) {
  return path[0] === "customApplicationVars" && path.length > 1;
}

/** @param {string} text */
function flag(text) {
  return text === "" ? undefined : text === "true";
}

/**
 * @param {string} text
 * @returns {number | string | undefined} What is no number stays text: the library says what is wrong with it.
 */
function number(text) {
  if (text.trim() === "") return undefined;
  return Number.isNaN(Number(text)) ? text : Number(text);
}
