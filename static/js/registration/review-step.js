// Step 3: everything once more, the tick, and "Kirim".

import { ApiProblem, send } from "/js/api.js";
import { documentView } from "/js/document.js";
import { h } from "/js/dom.js";
import { field, form } from "/js/form.js";
import { valueText } from "/js/registration/registration.js";
import { registration as texts } from "/js/texts/registration.js";
import { actionButton, dialog, linkButton } from "/js/ui.js";

const t = texts.review;

export async function reviewStep(wizard, place) {
  const registration = await wizard.registration(place);
  if (!registration.isComplete) {
    // Nothing to review, but a request that waits: it was sent, and only the answer was lost.
    if (registration.isEmpty && registration.waiting) return wizard.go("terkirim", null, { sent: registration.waiting.id, replace: true });
    registration.news.push(["info", t.incomplete]);
    return wizard.go("formulir", registration.code, { replace: true });
  }
  const { document } = registration.chosen;
  return {
    title: t.title,
    nodes: [
      h("p", null, t.lead),
      h("dl", { class: "card wizard-card review" }, rows(wizard, registration)),
      h("section", { class: "card wizard-card" },
        h("h3", null, t.document),
        h("p", null, document.name),
        documentView({ id: document.id, title: t.documentTitle, fileName: document.name })),
      confirmForm(wizard, registration),
    ],
  };
}

function rows(wizard, registration) {
  const known = registration.known.map((it) =>
    it.kind === "role" ? { label: it.label, text: registration.role.name, step: "peran" } : { label: it.label, text: it.value });
  const typed = registration.fields
    .filter((it) => it.need !== "first-registrant" || registration.needs(it))
    .map((it) => ({ label: it.label, text: valueText(it, registration.values, registration.chosen), step: "formulir", field: it.name }));
  return [...known, ...typed].map((it) => row(wizard, registration, it));
}

function row(wizard, registration, { label, text, step, field: name }) {
  const go = () => wizard.go(step, registration.code, { field: name });
  const change = step && h("button", { type: "button", class: "quiet", "aria-label": t.changeField(label), onclick: go }, t.change);
  const value = text || h("span", { class: "empty" }, t.empty);
  return h("div", null, h("dt", null, label), h("dd", null, value), h("dd", { class: "change" }, change));
}

function confirmForm(wizard, registration) {
  const tick = field({ name: "confirmed", label: t.confirm, kind: "checkbox" });
  tick.missing = t.confirmMissing;
  const whole = form({
    label: t.label,
    fields: [tick],
    asks: false,
    submit: t.submit,
    extra: actionButton(texts.stages.back, () => wizard.go("formulir", registration.code), { kind: "second" }),
    onsubmit: ({ confirmed }) => submit(wizard, registration, whole, confirmed),
  });
  return whole;
}

async function submit(wizard, registration, whole, confirmed) {
  const { draft, code } = registration;
  // A draft that is saved after the form was sent would be a draft of nothing.
  await draft.stop();
  try {
    const body = { ...registration.values, role: code, confirmed };
    const access = await send("POST", "/api/accesses/registration", body, { intent: `daftar ${code}` });
    draft.sent();
    wizard.forget();
    wizard.go("terkirim", null, { sent: access.id, replace: true });
  } catch (error) {
    draft.resume();
    if (!(error instanceof ApiProblem)) throw error;
    await refused(wizard, registration, whole, error);
  }
}

/** The service did not take it: back to the fields it names, or a dialog where it is about more than the form. */
async function refused(wizard, registration, whole, error) {
  const named = error.fields.filter((it) => registration.fields.some(({ name }) => name === it.field));
  if (named.length) {
    registration.review = { ...registration.review, problems: named };
    registration.news.push(["bad", t.mend]);
    return wizard.go("formulir", registration.code, { field: named[0].field });
  }
  if (error.status !== 409) throw error;
  await dialog({
    title: t.refusedTitle,
    body: h("div", null, h("p", null, error.message), h("p", null, linkButton(t.toAccesses, "/akses", "second"))),
    cancel: texts.stages.back,
  });
}
