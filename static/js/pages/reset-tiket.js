// One request for a reset (PWD-1, PWD-2): what it asks, the one thing to do now for who may do it, its
// eleven steps, and its letter. Whoever has no part in it finds nothing here.

import { get } from "/js/api.js";
import { plainDay } from "/js/dates.js";
import { documentView } from "/js/document.js";
import { fill, h, query } from "/js/dom.js";
import { news, start } from "/js/page.js";
import { actionOf, giveBack } from "/js/reset/actions.js";
import { letterSection } from "/js/reset/letter.js";
import { due, hasPart, lateBadge, stepBar, STEPS, timeline } from "/js/reset/steps.js";
import { reset } from "/js/texts/reset.js";
import { announce, elsewhere, facts, linkButton, moment, notice } from "/js/ui.js";

const t = reset.ticket;

/** The step in which the team hears the numbers; until then it does not read the letter (PWD-3). */
const NAMES_STEP = 4;

const SIGNATURE_STEP = 9;

start(async ({ me, content }) => {
  const ticket = await find(query("id"));
  if (!ticket) return elsewhere([t.missing], linkButton(reset.back, "/reset"));
  const told = news();
  show({ ticket, me, content, said: told ? notice("good", told) : null });
});

/** Null when there is none for this person: an id that is none is answered like a foreign one. */
async function find(id) {
  try {
    return await get(`/api/password-resets/${encodeURIComponent(id || "-")}`);
  } catch (error) {
    if ([400, 404, 422].includes(error.status)) return null;
    throw error;
  }
}

function show({ ticket, me, content, said }) {
  document.title = t.title(ticket.letter_number);
  const done = (next, otherwise) => {
    const text = otherwise ?? progress(ticket, next);
    show({ ticket: next, me, content, said: notice(otherwise ? "info" : "good", h("p", null, text)) });
    announce(text);
    const now = document.getElementById("sekarang");
    now.scrollIntoView({ block: "center" });
    now.focus({ preventScroll: true });
  };
  fill(content,
    h("p", null, hasPart(me) ? h("a", { href: "/reset" }, reset.back) : h("a", { href: "/pesan" }, t.messages)),
    said,
    present(ticket, me, done),
    isSigning(ticket) ? null : letterSection(ticket),
    asked(ticket, me),
    h("section", null, h("h2", null, reset.steps.heading), timeline(ticket.steps)),
    ticket.may_return ? returning(ticket, me, done) : null,
  );
}

/** Who signs reads the letter right where they sign it. */
function isSigning(ticket) {
  return ticket.your_turn && ticket.next_step === SIGNATURE_STEP;
}

/** What a press brought about, and who is next. */
function progress(before, after) {
  if (after.returned) return t.givenBack;
  const finished = t.finished(before.next_step);
  if (!after.next_step) return `${finished} ${t.allDone}`;
  return `${finished} ${after.your_turn ? t.nowYours : t.nowTurn(current(after).actor_text)}`;
}

function current(ticket) {
  return ticket.steps[ticket.next_step - 1];
}

function heading(text, ...beside) {
  return h("div", { class: "card-head" }, h("h2", { id: "sekarang", tabindex: "-1" }, text), beside);
}

/** The present state: ended, or whose turn it is and, for that person, what to do. */
function present(ticket, me, done) {
  if (ticket.returned) return returned(ticket, me);
  if (!ticket.next_step) return h("section", { class: "card now" }, heading(t.done), stepBar(STEPS + 1), h("p", null, t.doneMeaning));
  const step = current(ticket);
  const title = ticket.your_turn ? t.yours(step.number, STEPS) : t.theirs(step.number, STEPS, step.actor_text);
  return h("section", { class: ticket.your_turn ? "card now mine" : "card now" },
    heading(title, step.met === false ? lateBadge() : null),
    stepBar(step.number),
    h("p", null, step.activity, step.remark ? h("span", { class: "hint" }, step.remark) : null),
    facts([[reset.steps.due, due(step)]]),
    ticket.your_turn ? actionOf(ticket, me, done) : h("p", { class: "hint" }, waiting(step, me)),
  );
}

function waiting(step, me) {
  return me.duties.includes(step.actor) ? t.barred : t.theirsMeaning(step.actor_text);
}

function returned(ticket, me) {
  const { at, by, reason } = ticket.returned;
  return h("section", { class: "card now" },
    heading(t.returned),
    h("p", null, t.returnedMeaning),
    facts([[t.returnedAt, moment(at)], [t.returnedBy, by], [t.reason, reason]]),
    me.duties.includes("work-unit-head") ? h("p", { class: "actions" }, linkButton(t.askAgain, "/reset/baru", "second")) : null,
  );
}

function asked(ticket, me) {
  return h("section", { class: "card" },
    h("h2", null, t.letterTitle(ticket.letter_number)),
    facts([
      [t.date, plainDay(ticket.letter_date)],
      [t.unit, ticket.work_unit.name],
      [t.institution, ticket.institution.name],
    ]),
    h("h3", null, t.forWhom),
    h("ul", null, ticket.people.map(person)),
    isWithheld(ticket, me)
      ? h("p", { class: "hint" }, t.letterWithheld)
      : documentView({ id: ticket.document, title: t.letter, fileName: t.letterFile }),
  );
}

function person({ name, role, changed }) {
  return h("li", null, `${name}, ${role}`, h("span", { class: "hint" }, changed ? [t.changed, " ", moment(changed)] : t.unchanged));
}

/** The service judges; this says so before a press would be refused. */
function isWithheld(ticket, me) {
  const hearing = ticket.steps[NAMES_STEP - 1];
  const hasAsked = ticket.steps[0].by === me.name;
  return hearing.state !== "done" && me.duties.includes(hearing.actor) && !hasAsked;
}

function returning(ticket, me, done) {
  return h("details", { class: "card fold" }, h("summary", null, t.giveBack), h("p", null, t.giveBackHelp), giveBack(ticket, me, done));
}
