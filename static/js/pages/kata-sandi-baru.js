// A new password by the link of a reset, once (PWD-3). The token is in no address any more when this
// runs (link-token.js), and nothing of it or of the password is kept by the tab: no draft, no `intent`.

import { me as whoIsIt, Offline, send } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { leaveTo } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { token } from "/js/link-token.js";
import { start, tellNextPage } from "/js/page.js";
import { messageBox } from "/js/texts/message-box.js";
import { elsewhere, linkButton, notice } from "/js/ui.js";

const t = messageBox.newPassword;

/** As the service has it. */
const CHARS_MIN = 12;
const CHARS_MAX = 128;

const TOKEN = /^[0-9a-f]{64}$/;

/** What can be said of a password by itself; characters, not UTF-16 units, are counted. */
const RULES = [
  { text: t.rule.long, detail: t.tooShort, holds: (it) => [...it].length >= CHARS_MIN },
  { text: t.rule.short, detail: t.tooLong, holds: (it) => [...it].length <= CHARS_MAX },
  { text: t.rule.varied, detail: t.monotonous, holds: (it) => new Set(it).size > 1 },
];

/** Whether an answer got lost: then "the link was used" probably means that it worked. */
let wasDropped = false;

// A page that Back brings again would still have the token, for whoever sits here then.
addEventListener("pageshow", (event) => event.persisted && location.reload());

start(({ me, content }) => {
  if (!TOKEN.test(token)) return incomplete();
  const place = h("div");
  fill(content, me ? notice("info", t.other(me.name)) : null, fill(place, passwordForm(place)));
}, { open: true });

function incomplete() {
  const links = [linkButton(t.messages, "/pesan"), linkButton(t.pickup, "/kode-ambil#ambil", "second")];
  return elsewhere([t.incomplete], links);
}

function passwordForm(place) {
  const attrs = { autocomplete: "new-password" };
  const check = (it) => RULES.find((rule) => !rule.holds(it))?.detail;
  const password = field({ name: "password", label: t.password, help: t.passwordHelp, kind: "password", attrs, check });
  const again = field({ name: "again", label: t.again, kind: "password", attrs, check: (it) => (it === password.value ? "" : t.differs) });
  again.missing = t.againMissing;
  const rules = h("ul", { class: "rules", "aria-label": t.rules });
  const whole = form({
    label: t.submit,
    fields: [password, again],
    submit: t.submit,
    onsubmit: async () => {
      await save(password.value);
      await goOn(place);
    },
  });
  const show = () => {
    const typed = password.value;
    const same = ruleLine(t.same, typed && typed === again.value);
    fill(rules, RULES.map((rule) => ruleLine(rule.text, typed && rule.holds(typed))), same, h("li", null, t.ruleOld));
  };
  whole.addEventListener("input", show);
  password.after(rules);
  show();
  return whole;
}

function ruleLine(text, isMet) {
  return h("li", { class: isMet ? "met" : null }, `${text}: `, h("span", { class: "state" }, isMet ? t.fulfilled : t.notYet));
}

async function save(password) {
  try {
    await send("POST", "/api/password", { token, password }, { session: "open" });
  } catch (error) {
    if (error instanceof Offline) {
      wasDropped = true;
      error.message = t.dropped;
    } else if (wasDropped && error.slug === "link-not-valid") {
      error.message = t.maybeSaved;
    }
    throw error;
  }
}

/** To sign in; unless somebody else is signed in here, whose session goes on. */
async function goOn(place) {
  const other = await whoIsIt({ again: true }).catch(() => null);
  if (other) {
    fill(place, notice("good", h("p", null, t.saved)));
    return;
  }
  tellNextPage(t.saved);
  leaveTo("/masuk");
}
