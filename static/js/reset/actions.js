// What the actor of the present step does with a ticket (PWD-1), one form for each of the steps 2 to
// 11. Each is sent with a key of its own, so that pressing twice does one thing; a step that somebody
// else did meanwhile shows the ticket as it is now.

import { get, send } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { localDraft } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { changesView, corrections, letterText } from "/js/reset/letter.js";
import { numberField, plainHex } from "/js/reset/number.js";
import { reset } from "/js/texts/reset.js";
import { actionButton, facts } from "/js/ui.js";

const t = reset.actions;

/** After the last key, before the changes are compared anew. */
const QUIET_MS = 250;

/** Of a letter or an archive, as the service takes it. */
const NUMBER = { autocomplete: "off", maxlength: 100 };

/** Of what the ticket is now, and somebody did already. */
const OVERTAKEN = ["step-already-done", "step-out-of-order", "reset-returned", "letter-changed"];

/** How each step is done, by its number. */
const STEPS = {
  2: writeNote,
  3: writeNote,
  4: confirmNames,
  5: prepare,
  6: deliver,
  7: draftLetter,
  8: correctLetter,
  9: signLetter,
  10: archive,
  11: dispatch,
};

/**
 * The form of the ticket's present step for who may do it. `done(ticket, said)` gets the ticket as it
 * is afterwards; `said` is what went otherwise than wanted.
 */
export function actionOf(ticket, me, done) {
  const step = ticket.next_step;
  return STEPS[step](new Action(ticket, step, me, done));
}

/** Ends a ticket unfinished. */
export function giveBack(ticket, me, done) {
  const action = new Action(ticket, "kembali", me, done);
  return action.form({
    fields: [field({ name: "reason", label: reset.ticket.giveBackReason, kind: "textarea", attrs: { maxlength: 1000 } })],
    submit: reset.ticket.giveBackSubmit,
    kind: "danger",
    send: ({ reason }) => action.send("return", { reason }),
  });
}

class Action {
  constructor(ticket, step, me, done) {
    Object.assign(this, { ticket, step, me, done });
  }

  /** One form whose typing survives a closed tab. */
  form({ fields, submit = t.submit[this.step], send: onsubmit, kind }) {
    return form({ label: submit, fields, submit, kind, onsubmit, draft: localDraft(this.me, `reset:${this.ticket.id}:${this.step}`) });
  }

  /** One button, for a step that has nothing to say. */
  button(explained, path) {
    const button = actionButton(t.submit[this.step], () => this.send(path));
    return h("div", null, h("p", null, explained), h("p", { class: "actions" }, button));
  }

  async send(path, body) {
    const { id } = this.ticket;
    try {
      this.done(await send("POST", `/api/password-resets/${id}/${path}`, body, { intent: `reset ${id} ${this.step}` }));
    } catch (error) {
      if (OVERTAKEN.includes(error.slug)) return this.done(await get(`/api/password-resets/${id}`), error.message);
      const person = this.ticket.people.find((it) => it.access === error.body?.access);
      if (person) error.message = t.about(person.name, error.message);
      throw error;
    }
    return undefined;
  }

  advance(body) {
    return this.send("advance", { step: this.step, ...body });
  }
}

function writeNote(action) {
  const { step } = action;
  return action.form({
    fields: [field({ name: "note", label: t.note[step], help: t.noteHelp[step], kind: "textarea", attrs: { maxlength: 1000 } })],
    send: ({ note }) => action.advance({ note }),
  });
}

/** Step 4: what each person said themselves; what the head typed is not shown to compare with. */
function confirmNames(action) {
  const asked = action.ticket.people.map(heardFrom);
  const whole = action.form({
    fields: asked.flatMap(({ way, pickup }) => [way, pickup]),
    send: () => action.advance({ people: asked.map(({ answer }) => answer()) }),
  });
  asked.forEach(({ show }) => show());
  return h("div", null, h("p", null, t.names), whole);
}

function heardFrom(person, at) {
  const choices = [{ value: "yes", text: t.namesYes }, { value: "no", text: t.namesNo }];
  const way = field({ name: `way-${at}`, label: t.namesOf(person.name, person.role), kind: "radio", choices });
  const pickup = numberField({ name: `pickup-${at}`, label: t.namesPickup(person.name) });
  way.missing = t.namesMissing(person.name);
  const show = () => (pickup.hidden = way.value !== "no");
  way.addEventListener("change", show);
  const answer = () => ({ access: person.access, pickup: way.value === "no" ? plainHex(pickup.value) : null });
  return { way, pickup, show, answer };
}

function prepare(action) {
  return action.button(t.prepare, "preparation");
}

function deliver(action) {
  return action.button(t.deliver, "delivery");
}

function draftLetter(action) {
  return action.form({
    fields: letterFields({ number: "", text: action.ticket.letter_proposal ?? "" }, t.draftHelp),
    send: ({ number, text }) => action.send("letter", { step: 7, number, text }),
  });
}

/** Step 8: what is changed shows while it is typed, as who signs will see it. */
function correctLetter(action) {
  const [draft] = action.ticket.letters;
  const fields = letterFields(draft, t.correctionHelp);
  const changes = h("div");
  const whole = action.form({ fields, send: ({ number, text }) => action.send("letter", { step: 8, number, text }) });
  const compare = () => {
    const { text } = whole.values;
    fill(changes, text === draft.text ? h("p", { class: "empty" }, t.unchanged) : changesView(draft.text, text));
  };
  let timer;
  whole.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(compare, QUIET_MS);
  });
  compare();
  fields.at(-1).after(h("section", { "aria-label": t.live }, h("h3", null, t.live), changes));
  return whole;
}

function letterFields({ number, text }, help) {
  return [
    field({ name: "number", label: t.letterNumber, help: t.letterNumberHelp, value: number, attrs: NUMBER }),
    field({ name: "text", label: t.letterText, help, kind: "textarea", value: text, attrs: { rows: 16, maxlength: 6000 } }),
  ];
}

/** Step 9: the hash that is sent is of the text that is shown here. */
function signLetter(action) {
  const { letters } = action.ticket;
  const [letter] = letters;
  const attested = field({ name: "attested", label: t.attest, kind: "checkbox" });
  attested.missing = t.attestMissing;
  const whole = action.form({ fields: [attested], send: () => action.send("signature", { sha256: letter.sha256 }) });
  const sum = facts([[t.sha, h("code", null, letter.sha256)]]);
  return h("div", null, h("h3", null, t.read), letterText(letter), corrections(letters), sum, whole);
}

function archive(action) {
  return action.form({
    fields: [field({ name: "archive_number", label: t.archiveNumber, help: t.archiveNumberHelp, attrs: NUMBER })],
    send: (values) => action.advance(values),
  });
}

function dispatch(action) {
  return action.button(t.dispatch, "dispatch");
}
