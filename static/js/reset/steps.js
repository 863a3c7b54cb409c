// The eleven steps as pages show them, the procedure and one ticket alike (PWD-1, PWD-2): a bar of
// eleven parts, who does each and how long it may take, when it is due and why then, whether that was
// met, and what it left.

import "/js/countdown.js";
import { h } from "/js/dom.js";
import { reset } from "/js/texts/reset.js";
import { deadline, facts, moment } from "/js/ui.js";

const t = reset.steps;

export const STEPS = 11;

/** Whose duties have a step (step 1; 2 and 9; 3 and 8; the others). */
const ACTORS = ["work-unit-head", "ukpbj-head", "lpse-head", "lpse-team"];

/** Whether somebody has a step anywhere. */
export function hasPart(person) {
  return ACTORS.some((duty) => person.duties.includes(duty));
}

/** Eleven parts, for the eye: the words beside it say the same. */
export function stepBar(current) {
  const part = (at) => h("span", { class: at < current ? "step-done" : at === current ? "step-current" : null });
  return h("span", { class: "step-bar", "aria-hidden": "true" }, Array.from({ length: STEPS }, (_, at) => part(at + 1)));
}

/** The deadline of a step with its derivation, and how much is left or how long ago it was; or why there is none. */
export function due({ deadline: at, derivation, deadline_missing: missing }, { isOpen = true } = {}) {
  if (!at) return missing ?? "–";
  const shown = deadline({ ...at, derivation });
  if (isOpen) shown.querySelector("time").after(h("akses-countdown", { until: at.at, past: true }));
  return shown;
}

export function lateBadge() {
  return h("span", { class: "status bad" }, t.late);
}

/** The steps as the procedure has them. */
export function procedureList(steps) {
  const needs = (step) => facts([[t.requirement, step.requirement], [t.output, step.output], [t.remark, step.remark]]);
  return h("ol", { class: "timeline" }, steps.map((step) => h("li", null, head(step), needs(step))));
}

/** The steps of a ticket: what was done, what is going on, what will come. */
export function timeline(steps) {
  const line = (step) =>
    h("li", { class: `step-${step.state}`, "aria-current": step.state === "current" ? "step" : null },
      head(step),
      h("p", { class: "states" }, states(step)),
      details(step),
    );
  return h("ol", { class: "timeline" }, steps.map(line));
}

function head(step) {
  return [h("h3", null, step.activity), h("p", { class: "hint" }, `${step.actor_text} · ${t.standard(step.standard_time)}`)];
}

/** Whether it is done or due, and whether in time: each a word of its own. */
function states(step) {
  const tone = { done: "active", current: "waiting", waiting: "ended" }[step.state];
  const isLate = step.met === false;
  const shown = [h("span", { class: `status ${tone}` }, t.state[step.state])];
  if (isLate) shown.push(" ", lateBadge());
  else if (step.state === "done" && step.met) shown.push(" ", h("span", { class: "status active" }, t.met));
  return shown;
}

function details(step) {
  if (step.state === "waiting") return facts([[t.output, step.output]]);
  return facts([
    [t.doneAt, step.done ? [moment(step.done), " ", t.by(step.by)] : null],
    [t.due, due(step, { isOpen: step.state === "current" })],
    [t.record[step.number], step.record],
    [t.output, step.output],
  ]);
}
