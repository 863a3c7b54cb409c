// A pickup code and its number, as their owner sees them (PWD-3): long texts of hex digits, shown in
// groups, to be copied and kept; and the field into which the code is given back.

import { h, newId } from "/js/dom.js";
import { field } from "/js/form.js";
import { AS_TYPED, isCode, isNumber } from "/js/reset/number.js";
import { messageBox } from "/js/texts/message-box.js";
import { announce } from "/js/ui.js";

const t = messageBox.code;

const GROUP_CHARS = 8;

const COPIED_MS = 4_000;

/** A field for the code. Whoever types the number there is told so. */
export function codeField({ name, label }) {
  const check = (typed) => (isCode(typed) ? "" : isNumber(typed) ? t.isNumber : t.wrong);
  return field({ name, label, help: t.help, kind: "textarea", attrs: { ...AS_TYPED, rows: 3 }, check });
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
  const said = h("p", { class: "help" });
  const button = h("button", { type: "button", class: "second" }, label);
  button.addEventListener("click", async () => {
    const isCopied = await copied(value);
    if (!isCopied) getSelection().selectAllChildren(shown);
    announce(isCopied ? t.copied : t.notCopied);
    said.textContent = isCopied ? "" : t.notCopied;
    if (isCopied) sayForAWhile(button, t.copied, label);
    oncopy?.();
  });
  return h("div", null, button, said);
}

function sayForAWhile(button, text, label) {
  button.textContent = text;
  setTimeout(() => (button.textContent = label), COPIED_MS);
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
