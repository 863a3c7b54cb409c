// Step 1: what was begun before, "Tipe Profil", the role, and SiRUP for who is in it.

import { get, me } from "/js/api.js";
import { h } from "/js/dom.js";
import { field, form } from "/js/form.js";
import { ServerDraft } from "/js/registration/server-draft.js";
import { confirmAnew, explainOutcome, linkSirup } from "/js/registration/sirup.js";
import { registration as texts } from "/js/texts/registration.js";
import { actionButton, announce, badge, dialog, notice } from "/js/ui.js";

const t = texts.role;

export async function roleStep(wizard, place) {
  const [{ items: roles }, { drafts }] = await Promise.all([get("/api/reference/roles"), get("/api/drafts")]);
  return { title: t.title, nodes: [offers(wizard, drafts), roleForm(wizard, place, roles)] };
}

// What was begun before.

function offers(wizard, drafts) {
  if (!drafts.length) return null;
  return h("section", { class: "card wizard-card offers", "aria-labelledby": "lanjutkan" },
    h("h3", { id: "lanjutkan" }, texts.offers.title),
    h("ul", { class: "rows" }, drafts.map((offer) => offerRow(wizard, drafts, offer))));
}

function offerRow(wizard, drafts, offer) {
  const w = texts.offers;
  const { role, saved, rejection, missing } = offer;
  const state = saved && h("p", null, w.saved(saved.text), " ", missing.length ? w.missing(missing.length) : w.complete);
  const refused = rejection && [
    h("p", null, badge({ status: "rejected", status_text: w.rejected(rejection.rejected.text) })),
    h("p", null, w.reason(rejection.reason)),
  ];
  const named = (label, whole, action, kind) => actionButton(label, action, { kind, "aria-label": whole });
  const goOn = saved
    ? named(w.goOn, w.goOnWith(role.name), () => wizard.go("formulir", role.id))
    : named(w.mend, w.mendWith(role.name), () => mend(wizard, drafts, offer));
  const discard = saved && named(w.discard, w.discardWith(role.name), () => discardDraft(wizard, offer), "quiet");
  return h("li", null, h("p", { class: "offer-role" }, role.name), refused, state, h("div", { class: "actions" }, goOn, discard));
}

/** One draft for each role: a rejected form that is mended takes its place. */
async function mend(wizard, drafts, { role, rejection }) {
  const w = texts.offers;
  if (drafts.some((it) => it.revision && it.role.id === role.id)) {
    const yes = await dialog({ title: w.replaceTitle, body: h("p", null, w.replaceText(role.name)), actions: [{ label: w.replace }] });
    if (!yes) return;
  }
  wizard.go("formulir", role.id, { access: rejection.access });
}

async function discardDraft(wizard, { role, revision }) {
  const w = texts.offers;
  const draft = new ServerDraft({ person: wizard.me, role: role.id, revision });
  const yes = await dialog({
    title: w.discardTitle,
    body: h("p", null, w.discardText(role.name)),
    actions: [{ label: w.discard, kind: "danger", run: () => draft.discard() }],
  });
  draft.close();
  if (!yes) return;
  wizard.forget();
  await wizard.show();
  announce(w.discarded);
}

// The role, and SiRUP.

function roleForm(wizard, place, roles) {
  const { me: person } = wizard;
  const isSupplier = person.profile === "supplier";
  const asksSirup = !isSupplier && !person.sirup_user_name;
  const fields = [profileField(isSupplier), roleField(roles, place.role), ...(asksSirup ? sirupFields() : [])];
  const whole = form({
    label: t.form,
    fields,
    asks: false,
    submit: asksSirup || isSupplier ? t.link : t.go,
    onsubmit: ({ role, user_name: name, password }) => (asksSirup ? link(wizard, whole, role, name, password) : wizard.go("formulir", role)),
  });
  if (asksSirup) surround(wizard, whole);
  if (person.sirup_user_name) whole.querySelector(".actions").before(notice("info", h("p", null, t.linkedAs(person.sirup_user_name))));
  return whole;
}

function profileField(isSupplier) {
  const only = { value: "non-supplier", text: t.nonSupplier, help: isSupplier ? t.supplierHelp : t.nonSupplierHelp };
  return field({ name: "profile", label: t.profile, kind: "radio", value: only.value, choices: [only] });
}

function roleField(roles, chosen) {
  const byName = [...roles].sort((one, other) => one.name.localeCompare(other.name, "id"));
  const one = field({ name: "role", label: t.role, kind: "radio", value: chosen, choices: byName.map((it) => ({ value: it.code, text: it.name })) });
  one.classList.add("in-columns");
  one.missing = t.chooseRole;
  return one;
}

function sirupFields() {
  // This is a password of somebody else's system: no browser is to fill in the one of here.
  const attrs = { autocomplete: "off", spellcheck: "false", autocapitalize: "none" };
  return [
    field({ name: "user_name", label: t.userName, attrs: { ...attrs, maxlength: 100 } }),
    field({ name: "password", label: t.password, kind: "password", attrs: { ...attrs, autocomplete: "new-password" } }),
  ];
}

/** What SiRUP is about, and the way without it. */
function surround(wizard, whole) {
  const { user_name: userName, role } = whole.fields;
  userName.before(h("div", { class: "sirup" }, h("h3", null, t.sirupTitle), h("p", { class: "help" }, t.sirupText)));
  const anew = actionButton(t.anew, async () => {
    if (role.isEmpty) return whole.show([{ field: "role", detail: t.chooseRole }]);
    whole.show([]);
    if (await confirmAnew()) wizard.go("formulir", role.value);
  }, { kind: "quiet" });
  whole.append(h("p", { class: "anew" }, t.notRegistered, " ", anew));
}

async function link(wizard, whole, role, userName, password) {
  try {
    const linked = await linkSirup(userName, password);
    wizard.me = await me({ again: true });
    wizard.linked = { ...linked, chosen: role };
    wizard.go("formulir", role);
  } catch (error) {
    whole.fields.password.value = "";
    const way = await explainOutcome(error);
    if (way === "again") whole.fields.password.focusInput();
    else if (way === "anew" && (await confirmAnew())) wizard.go("formulir", role);
  }
}
