// The eleven steps of one ticket in order: who does each, how long it may take, when it was due and
// why then, whether that was met, and what it left (PWD-2).

import { h } from "/js/dom.js";
import { due } from "/js/reset/due.js";
import { reset } from "/js/texts/reset.js";
import { facts, moment } from "/js/ui.js";

const t = reset.ticket;

export function timeline(steps) {
  return h("ol", { class: "timeline" }, steps.map(stepView));
}

function stepView(step) {
  return h("li", { class: `step-${step.state}`, "aria-current": step.state === "current" ? "step" : null },
    h("h3", null, step.activity),
    h("p", { class: "hint" }, `${step.actor_text} · ${t.standard(step.standard_time)}`),
    h("p", { class: "states" }, states(step)),
    details(step),
  );
}

/** Whether it is done or due, and whether in time: each a word of its own. */
function states(step) {
  const tone = { done: "active", current: "waiting", waiting: "ended" }[step.state];
  const isLate = step.met === false;
  const shown = [h("span", { class: `status ${tone}` }, t.state[step.state])];
  if (step.met !== null && (step.state === "done" || isLate)) shown.push(" ", h("span", { class: `status ${isLate ? "bad" : "active"}` }, isLate ? t.missed : t.met));
  return shown;
}

function details(step) {
  if (step.state === "waiting") return facts([[t.output, step.output]]);
  return facts([
    [t.doneAt, step.done ? [moment(step.done), " ", t.by(step.by)] : null],
    [reset.due, due(step, { isOpen: step.state === "current" })],
    [t.record[step.number], step.record],
    [t.output, step.output],
  ]);
}
