// What the pages of national cut-offs share: the state of a letter, what it says, whom it is for.

import { now } from "/js/api.js";
import { dayText, plainDay } from "/js/dates.js";
import { h } from "/js/dom.js";
import { cutOffs as t } from "/js/texts/cut-offs.js";
import { facts, linkButton, moment, notice } from "/js/ui.js";

/** The page of one. */
export function addressOf(id) {
  return `/pemutusan/lihat?id=${encodeURIComponent(id)}`;
}

/** Whether this person is of the directorate; else what to show them. */
export function notYours(me) {
  if (me.duties.includes("directorate")) return null;
  return [notice("info", h("p", null, t.notYours.lead), h("p", null, t.notYours.todo)), h("div", { class: "actions" }, linkButton(t.notYours.go, "/akses"))];
}

/** Its state by the dates alone, where no report was read. */
export function stateByDates(cutOff) {
  if (cutOff.withdrawn) return "withdrawn";
  return now() < Date.parse(cutOff.begins.at) ? "planned" : "past";
}

export function stateBadge(state) {
  return h("span", { class: `status ${t.states[state].tone}` }, t.states[state].text);
}

/** The state with what it means. */
export function stateSentence(state) {
  return h("p", { class: "meaning" }, stateBadge(state), " ", t.states[state].meaning);
}

/** What the letter says; `names` are its institutions with names, where they are known. */
export function letterFacts(cutOff, names) {
  return facts([
    [t.letterNumber, cutOff.letter_number],
    [t.letterDate, plainDay(cutOff.letter_date)],
    [t.lastDay, dayText(cutOff.last_day)],
    [t.scope, scopeText(cutOff.scope, names)],
    [t.begins, cutOff.begins ? moment(cutOff.begins) : null],
    [t.everywhere, cutOff.everywhere ? moment(cutOff.everywhere) : null],
  ]);
}

function scopeText(scope, names) {
  if (scope.kind === "everyone") return t.everyone;
  if (scope.kind === "kinds") return t.kinds(scope.kinds);
  const nameOf = (code) => names?.find((it) => it.code === code)?.name ?? code;
  return h("details", { class: "fold" }, h("summary", null, t.institutionsShow(scope.codes.length)), h("ul", { class: "plain" }, scope.codes.map((code) => h("li", null, nameOf(code)))));
}
