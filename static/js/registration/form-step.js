// Step 2: the role's own fields, saved as they are typed.

import { h } from "/js/dom.js";
import { setUnsaved } from "/js/draft.js";
import { form } from "/js/form.js";
import { fieldsOf } from "/js/registration/fields.js";
import { registration as texts } from "/js/texts/registration.js";
import { actionButton, announce, facts, notice } from "/js/ui.js";

const t = texts.form;

export async function formStep(wizard, place) {
  const registration = await wizard.registration(place);
  const fields = fieldsOf(registration);
  const whole = form({
    label: t.label,
    fields,
    asks: false,
    submit: t.submit,
    extra: actionButton(texts.stages.back, () => wizard.go("peran", registration.code), { kind: "second" }),
    onsubmit: () => apply(wizard, registration, whole),
  });
  const typed = () => registration.type(whole.values);
  whole.addEventListener("input", typed);
  whole.addEventListener("change", typed);
  const note = follow(registration, whole, () => wizard.show());
  whole.querySelector(".actions").before(note);
  showProblems(registration, fields);
  return {
    title: t.title,
    nodes: [...beginning(registration), head(registration, wizard), whole],
    shown: () => place.field && whole.fields[place.field]?.focusInput(),
  };
}

/** "Ajukan Akses": the service has looked at all of it before it is reviewed. */
async function apply(wizard, registration, whole) {
  registration.type(whole.values);
  await registration.draft.flush();
  const { problems } = registration.review;
  if (problems.length) whole.show(problems);
  else wizard.go("tinjau", registration.code);
}

/** What there is to say before the first field: a rejection, SiRUP, a request that waits. */
function beginning(registration) {
  const { rejection, news } = registration;
  const refused = rejection && notice("bad", h("p", null, t.rejected(rejection.rejected.text)), h("p", null, t.reason(rejection.reason)));
  registration.news = [];
  return [refused, ...news.map(([kind, text]) => notice(kind, h("p", null, text))), waiting(registration)];
}

function waiting({ waiting: access }) {
  if (!access) return null;
  const link = h("a", { href: `/daftar-akses?terkirim=${access.id}` }, t.seeWaiting);
  return notice("info", h("p", null, t.waiting(access.work_unit.name), " ", link));
}

/** What is known from the step before. */
function head(registration, wizard) {
  const change = h("button", { type: "button", class: "quiet", onclick: () => wizard.go("peran", registration.code) }, t.changeRole);
  const known = registration.known.map((it) => (it.kind === "role" ? [t.role, registration.role.name] : [it.label, it.value]));
  return h("div", { class: "card known" }, facts(known), change);
}

/** What the service, or who rejected it, said of single fields, beside them. */
function showProblems({ review, rejection }, fields) {
  const said = [...review.problems, ...(rejection?.field ? [{ field: rejection.field, detail: t.reason(rejection.reason) }] : [])];
  for (const { field, detail } of said) {
    const at = fields.find((it) => it.name === field);
    if (at && !at.hidden) at.problem = detail;
  }
}

/** The line that says whether what was typed is safe, kept up by the draft. */
function follow(registration, whole, redraw) {
  const { draft } = registration;
  const note = h("p", { class: "draft-note", role: "status" });
  const say = (text, isSafe, more) => {
    setUnsaved(whole, !isSafe);
    note.classList.toggle("unsafe", !isSafe);
    if (note.firstChild?.textContent !== text || more) note.replaceChildren(text, ...(more ? [" ", more] : []));
  };
  const states = {
    saved: ({ problems, missing }) => {
      // What is wrong is said at "Ajukan Akses": beside a field that was just left, it would move
      // the page under the mouse.
      registration.review = { problems, missing };
      say(texts.draft.saved, true);
    },
    local: () => say(texts.draft.local, false),
    session: () => say(texts.draft.session, false),
    refused: (error) => say(texts.draft.refused(error.message), false),
    conflict: (theirs) => note.resolve(theirs),
  };
  note.resolve = async (theirs) => {
    say(texts.draft.conflict, false, actionButton(texts.draft.resolve, () => note.resolve(theirs), { kind: "quiet" }));
    // Rarely needed, so fetched then: the service has just answered.
    const { askWhich } = await import("/js/registration/conflict.js");
    const mine = registration.values;
    const answer = await askWhich(registration, mine, theirs);
    if (answer) await registration.settle(answer, { mine, theirs });
    if (!answer) return;
    await redraw();
    announce(answer === "theirs" ? texts.draft.theirs : texts.draft.mine);
  };
  draft.told = (state, more) => states[state](more);
  if (draft.isSaved) say(texts.draft.saved, true);
  return note;
}
