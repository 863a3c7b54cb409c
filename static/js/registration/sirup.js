// Linking an older SiRUP account (SIR-1): each outcome that is not "linked" is a dialog that says what
// can be done, and the way without SiRUP asks once whether that is meant.

import { ApiProblem, send } from "/js/api.js";
import { h } from "/js/dom.js";
import { registration as texts } from "/js/texts/registration.js";
import { ui } from "/js/texts.js";
import { dialog } from "/js/ui.js";

const t = texts.sirup;

const AGAIN = { label: t.again, value: "again" };
const ANEW = { label: t.anew, value: "anew" };

/** What can be done about each; the first is what most people want. */
const WAYS = {
  "sirup-wrong-credentials": [AGAIN, { ...ANEW, kind: "second" }],
  "sirup-already-linked": [],
  "sirup-account-has-another": [],
  "sirup-registered-too-late": [ANEW],
  "sirup-too-many-attempts": [ANEW],
  "sirup-unavailable": [AGAIN, { ...ANEW, kind: "second" }],
};

/** Where Pusat Bantuan can help. */
const HELPED = new Set(["sirup-wrong-credentials", "sirup-already-linked", "sirup-account-has-another"]);

/** Links, and answers what SiRUP knows: `{previous_user_name, full_name, role, place}`. */
export function linkSirup(userName, password) {
  return send("POST", "/api/sirup-link", { user_name: userName, password });
}

/** Shows an outcome; answers `again`, `anew` or null. Throws what is none. */
export async function explainOutcome(error) {
  if (!(error instanceof ApiProblem) || !(error.slug in WAYS)) throw error;
  const ways = WAYS[error.slug];
  const help = h("a", { href: t.helpAddress, target: "_blank", rel: "noopener" }, t.help);
  return dialog({
    title: t.titles[error.slug],
    body: h("div", null, h("p", null, error.message), HELPED.has(error.slug) ? h("p", null, help) : null),
    actions: ways,
    cancel: ways.includes(AGAIN) ? null : ui.close,
  });
}

/** "Daftar Akses Baru": true when the person goes on without SiRUP. */
export function confirmAnew() {
  return dialog({ title: t.confirmTitle, body: h("p", null, t.confirmText), actions: [{ label: t.confirm }] });
}
