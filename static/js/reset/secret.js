// A pickup code and its number: long texts of hex digits that people keep, copy and read out
// (PWD-3). They are shown in groups, and taken with whatever spaces were typed between them.

import { h, newId } from "/js/dom.js";
import { field } from "/js/form.js";
import { reset } from "/js/texts/reset.js";
import { announce } from "/js/ui.js";

const t = reset.secret;

/** Hex digits of a code, and of the number that stands for it. */
const CODE_CHARS = 64;
const NUMBER_CHARS = 32;

const GROUP_CHARS = 8;

const COPIED_MS = 4_000;

/** What was typed or pasted, without the spaces and capitals that make no difference. */
export function plainHex(text) {
  return text.replace(/\s+/g, "").toLowerCase();
}

function isCode(text) {
  return isHex(plainHex(text), CODE_CHARS);
}

function isNumber(text) {
  return isHex(plainHex(text), NUMBER_CHARS);
}

function isHex(text, chars) {
  return text.length === chars && /^[0-9a-f]*$/.test(text);
}

/** No keyboard of a phone may correct them. */
const TYPED = { autocomplete: "off", spellcheck: "false", autocapitalize: "none" };

/** A field for the code, by who keeps it. Whoever types the number there is told so. */
export function codeField({ name, label }) {
  const check = (typed) => (isCode(typed) ? "" : isNumber(typed) ? t.isNumber : t.codeWrong);
  return field({ name, label, help: t.codeHelp, kind: "textarea", attrs: { ...TYPED, rows: 3, class: "secret-input" }, check });
}

/** A field for the number, by who was told it. Nobody else may ever get a code. */
export function numberField({ name, label }) {
  const check = (typed) => (isNumber(typed) ? "" : isCode(typed) ? t.isCode : t.numberWrong);
  return field({ name, label, help: t.numberHelp, attrs: { ...TYPED, class: "secret-input" }, check });
}

/** One secret with its label and a button that copies it; `oncopy` hears of it. */
export function secretLine({ label, help, value, copy, oncopy }) {
  const id = newId("rahasia");
  const groups = value.match(new RegExp(`.{1,${GROUP_CHARS}}`, "g"));
  const shown = h("code", { class: "secret", "aria-labelledby": id }, groups.map((group) => h("span", null, group)));
  return h("div", { class: "secret-line" },
    h("h3", { id }, label),
    h("p", { class: "help" }, help),
    shown,
    copyButton(copy, value, { shown, oncopy }),
  );
}

/** Copies; where the browser does not let it, the text is selected for the person to copy. */
function copyButton(label, value, { shown, oncopy }) {
  const button = h("button", { type: "button", class: "second" }, label);
  button.addEventListener("click", async () => {
    const isCopied = await copied(value);
    if (!isCopied) getSelection().selectAllChildren(shown);
    announce(isCopied ? t.done : t.failed);
    button.textContent = isCopied ? t.done : label;
    if (isCopied) setTimeout(() => (button.textContent = label), COPIED_MS);
    else button.after(h("p", { class: "help" }, t.failed));
    oncopy?.();
  });
  return button;
}

async function copied(value) {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    // Without TLS, or when the person said no.
    return false;
  }
}
