// Masuk: on to where the person wanted to go.

import { signIn } from "/js/api.js";
import { fill, h, query } from "/js/dom.js";
import { leaveTo } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { news, safeTarget, start } from "/js/page.js";
import { signIn as t } from "/js/texts.js";
import { linkButton, notice } from "/js/ui.js";

start(({ me, content }) => {
  const target = safeTarget(query("ke"));
  const told = news();
  if (me) return [h("p", null, t.already(me.name)), linkButton(t.go, target)];
  const signInForm = form({
    label: t.submit,
    fields: [
      field({ name: "email", label: t.email, kind: "email", attrs: { autocomplete: "username", autofocus: true } }),
      field({ name: "password", label: t.password, kind: "password", attrs: { autocomplete: "current-password" } }),
    ],
    submit: t.submit,
    asks: false,
    extra: h("a", { class: "beside-button", href: "/kode-ambil" }, t.forgotten),
    onsubmit: async ({ email, password }) => {
      await signIn(email, password);
      leaveTo(target);
    },
  });
  fill(content, told ? notice("info", told) : null, signInForm);
  signInForm.fields.email.focusInput();
}, { open: true });
