// Where a ticket stands and when its step is due, the same on the board and on the ticket's page
// (PWD-2): a bar of eleven parts, the deadline with its derivation, and the time that is left.

import "/js/countdown.js";
import { h } from "/js/dom.js";
import { reset as t } from "/js/texts/reset.js";
import { deadline } from "/js/ui.js";

export const STEPS = 11;

/** Whose duties have a step (step 1; 2 and 9; 3 and 8; the others). */
export const ACTORS = ["work-unit-head", "ukpbj-head", "lpse-head", "lpse-team"];

/** Whether somebody has a step anywhere. */
export function hasPart(person) {
  return ACTORS.some((duty) => person.duties.includes(duty));
}

/** Eleven parts, for the eye: the words beside it say the same. */
export function stepBar(current) {
  const part = (at) => h("span", { class: at < current ? "step-done" : at === current ? "step-current" : null });
  return h("span", { class: "step-bar", "aria-hidden": "true" }, Array.from({ length: STEPS }, (_, at) => part(at + 1)));
}

/** The deadline of a step with its derivation, and how much is left; or why there is none. */
export function due({ deadline: at, derivation, deadline_missing: missing, met }, { isOpen = true } = {}) {
  if (!at) return missing ?? "–";
  const shown = deadline({ ...at, derivation });
  if (isOpen && met) shown.querySelector("time").after(h("akses-countdown", { until: at.at }));
  return shown;
}

export function lateBadge() {
  return h("span", { class: "status bad" }, t.late);
}
