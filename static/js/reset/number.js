// The number of a pickup code, as somebody types it who was told it (PWD-3): the head of the work unit
// in step 1, the team in step 4. Whoever types the code itself is stopped before anything is sent.

import { field } from "/js/form.js";
import { reset } from "/js/texts/reset.js";

const t = reset.number;

/** Hex digits of a code, and of the number that stands for it. */
const CODE_CHARS = 64;
const NUMBER_CHARS = 32;

/** No keyboard of a phone may correct them. */
export const AS_TYPED = { class: "secret-input", autocomplete: "off", spellcheck: "false", autocapitalize: "none" };

/** What was typed or pasted, without the spaces and capitals that make no difference. */
export function plainHex(text) {
  return text.replace(/\s+/g, "").toLowerCase();
}

export function isCode(text) {
  return isHex(plainHex(text), CODE_CHARS);
}

export function isNumber(text) {
  return isHex(plainHex(text), NUMBER_CHARS);
}

function isHex(text, chars) {
  return text.length === chars && /^[0-9a-f]*$/.test(text);
}

export function numberField({ name, label }) {
  const check = (typed) => (isNumber(typed) ? "" : isCode(typed) ? t.isCode : t.wrong);
  return field({ name, label, help: t.help, attrs: AS_TYPED, check });
}
