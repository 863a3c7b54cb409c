// Pengaturan > Identitas Digital dan Profil: who one is here, and "Daftar Sebagai ASN" (PRO-1).

import { me as readMe, send } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { field, form } from "/js/form.js";
import { start } from "/js/page.js";
import { accesses as texts } from "/js/texts/accesses.js";
import { facts, notice } from "/js/ui.js";

const t = texts.profile;

const NIP_DIGITS = 18;
const NRP_DIGITS = { min: 5, max: 20 };

start(({ me, content }) => draw(content, me, location.hash === "#nip"));

/** `isOpen`: with the form; `told`: what was just done. */
function draw(content, me, isOpen = false, told = null) {
  const place = h("section", { id: "nip" });
  const open = h("button", { type: "button", class: me.service_number ? "second" : "main" }, me.service_number ? t.change : t.register);
  open.addEventListener("click", () => showForm(place, content, me));
  fill(content,
    told ? notice("good", h("p", { tabindex: "-1", id: "kabar" }, told)) : null,
    h("section", { class: "card" }, facts([
      [t.name, me.name],
      [t.email, [me.email, h("span", { class: "hint" }, t.emailHelp)]],
      [t.type, t.types[me.profile]],
      [t.number, me.service_number ? [me.service_number, h("span", { class: "hint" }, t.numberHidden)] : t.numberNone],
      [t.sirup, me.sirup_user_name ?? t.sirupNone],
    ])),
    place);
  if (isOpen) showForm(place, content, me);
  else fill(place, open);
}

/** No draft is kept: the number is personal, it is short, and leaving asks. */
function showForm(place, content, me) {
  const kind = field({ name: "kind", label: t.kind, kind: "radio", choices: t.kinds, value: "nip" });
  const number = field({
    name: "number", label: t.numberLabel, help: t.numberHelp, attrs: { inputmode: "numeric", autocomplete: "off", maxlength: 30 },
    check: (typed) => objection(kind.value, digitsOf(typed)),
  });
  const questions = form({
    label: t.formTitle,
    fields: [kind, number],
    submit: t.save,
    onsubmit: async (values) => {
      const saved = await send("PUT", "/api/me/service-number", { kind: values.kind, number: digitsOf(values.number) }, { intent: "nip" });
      draw(content, await readMe({ again: true }), false, t.saved(saved.service_number));
      document.getElementById("kabar").focus();
    },
  });
  fill(place, h("h2", { class: "first" }, t.formTitle), questions);
  number.focusInput();
}

/** As people write it on paper: with spaces, points or dashes. */
function digitsOf(typed) {
  return typed.replace(/[\s.-]/g, "");
}

/** What is wrong with a number before it is sent; empty when nothing (REG-8). */
function objection(kind, digits) {
  if (!/^\d+$/.test(digits)) return t.digits;
  if (kind === "nip") return digits.length === NIP_DIGITS ? "" : t.nipLength(digits.length);
  return digits.length >= NRP_DIGITS.min && digits.length <= NRP_DIGITS.max ? "" : t.nrpLength(digits.length);
}
