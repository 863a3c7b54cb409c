// A text with a bound says how much room is left, before the service has to refuse it.

import { h } from "/js/dom.js";
import { counted as t } from "/js/texts.js";
import { announce } from "/js/ui.js";

/** From here on who cannot see the count hears it, each time it passes a mark. */
const NEAR = 100;
const MARK = 20;

/** Counts a text field (form.js) up to `max` letters as the service counts them; answers the field. */
export function counted(field, max) {
  const input = field.querySelector("textarea, input");
  const shown = h("p", { class: "count" });
  let told = max;
  const count = () => {
    const left = max - [...input.value].length;
    shown.textContent = left < 0 ? t.over(-left, max) : t.left(left, max);
    shown.classList.toggle("over", left < 0);
    const mark = Math.floor(left / MARK);
    if (left <= NEAR && mark !== told) announce(shown.textContent);
    told = mark;
  };
  input.after(shown);
  input.addEventListener("input", count);
  // A draft may have been put in by then.
  queueMicrotask(count);
  return field;
}
