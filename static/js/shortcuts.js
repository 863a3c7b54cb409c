// Single keys for who works through a list: told in the page, silent where somebody types, and to be
// switched off for good (WCAG 2.1.4), because speech input and trembling hands press them by chance.

import { h, newId } from "/js/dom.js";
import { shortcuts as t } from "/js/texts.js";

/** The choice belongs to the machine at hand, not to the person. */
const PLACE = "akses.pintasan";

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/**
 * The keys at work, and their help for the page. `keys` is `[{ key: "j", text, run }]`; a key without
 * `run` is one that the browser or the list knows by itself, and stays when the others are switched off.
 */
export function shortcuts(keys) {
  let isOn = localStorage.getItem(PLACE) !== "off";
  const line = (it) => h("div", null, h("dt", null, h("kbd", null, it.key)), h("dd", null, it.text));
  const use = h("input", { type: "checkbox", id: newId("pintasan"), checked: isOn });
  const label = h("label", { for: use.id }, t.use, h("span", { class: "help" }, t.useHelp));
  const list = h("dl", null, [...keys, { key: "?", text: t.help }].map(line));
  const help = h("details", { class: "shortcuts" }, h("summary", null, t.title), list, h("div", { class: "tick" }, use, label));
  use.addEventListener("change", () => {
    isOn = use.checked;
    localStorage.setItem(PLACE, isOn ? "on" : "off");
  });
  const open = () => {
    help.open = true;
    help.querySelector("summary").focus();
  };
  document.addEventListener("keydown", (event) => {
    if (!isOn || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const run = event.key === "?" ? open : keys.find((it) => it.key === event.key)?.run;
    if (!run) return;
    event.preventDefault();
    run();
  });
  return help;
}

function isTyping(target) {
  return target.closest?.(TYPING) || document.querySelector("dialog[open]");
}
