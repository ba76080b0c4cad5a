/**
 * How a button of the playground is written in a page.
 * @param {object} chosen
 * @param {Record<string, string | undefined>} chosen.attributes
 * @param {Record<string, string>} chosen.look Custom properties; an empty one is as it comes.
 * @param {string} chosen.language
 * @param {string} chosen.label
 * @returns {string}
 */
export function howToWrite({ attributes, look, language, label }) {
  const properties = Object.entries(look).filter(([, value]) => value !== "");
  const style = properties.map(([name, value]) => `${name}: ${value}`).join("; ");
  const all = {
    handler: "https://edge.example.com/call",
    endpoint: "sales",
    ...attributes,
    // The default.
    cooldown: attributes.cooldown === "5" ? undefined : attributes.cooldown,
    style: style || undefined,
  };
  const written = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (value ? `\n  ${name}="${escaped(value)}"` : `\n  ${name}`));
  const button = `<quickcall-button${written.join("")}>${escaped(label)}</quickcall-button>`;
  return language === "en" ? button : `${button}\n${wordsOf(language)}`;
}

/** Gives all buttons of a page the words of a language, before the first one is there. @param {string} language */
const wordsOf = (language) => `<script type="module">
  import { QuickcallButton } from "quickcall/element/class";
  import { ${language} } from "quickcall/messages/${language}";
  QuickcallButton.messages = ${language};
  await import("quickcall/element");
</script>`;

/** @param {string} text */
const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
