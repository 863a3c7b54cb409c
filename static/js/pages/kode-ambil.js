// For who cannot sign in (PWD-3): a code that only they keep, whose number goes to the head of their
// work unit; and later the message about the reset, by that code. Open to everybody: nothing here
// says who they are.

import { send } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { setUnsaved } from "/js/draft.js";
import { form } from "/js/form.js";
import { start } from "/js/page.js";
import { codeField, secretLine } from "/js/reset/code.js";
import { linkPanel } from "/js/reset/link.js";
import { plainHex } from "/js/reset/number.js";
import { messageBox } from "/js/texts/message-box.js";
import { actionButton, announce, dialog, notice } from "/js/ui.js";

const t = messageBox.pickup;

/** Neither the code nor what it opens may be kept by the tab, so no `intent`: each is a try of its own. */
const OPEN = { session: "open" };

/** A code that was neither copied, saved nor used: leaving it asks, for nobody can show it again. */
let unkept = null;

function kept() {
  setUnsaved(unkept, false);
}

// What was shown once is not shown again by Back, to whoever sits here then.
addEventListener("pageshow", (event) => event.persisted && location.reload());

start(({ me, content }) => {
  const isTaking = location.hash === "#ambil";
  fill(content, me ? signedIn(me) : null, contents(), making(), taking(me));
  if (isTaking) document.getElementById("ambil").scrollIntoView();
}, { open: true });

function signedIn(me) {
  return notice("info", h("p", null, t.signedIn(me.name)), h("p", null, h("a", { href: "/pesan" }, t.messages)));
}

/** Two visits, two tasks: which of them, before anything else. */
function contents() {
  const entry = (href, title, when) => h("li", null, h("a", { href }, title), h("span", { class: "hint" }, when));
  const entries = [entry("#buat", t.makeHeading, t.makeWhen), entry("#ambil", t.takeHeading, t.takeWhen)];
  return h("nav", { class: "card", "aria-label": t.choose }, h("ul", { class: "choose" }, entries));
}

function making() {
  const place = h("div");
  const make = async () => {
    const { code, number } = await send("POST", "/api/pickup-codes", null, OPEN);
    const made = madeCode(code, number, () => make());
    fill(place, made);
    made.querySelector("h3").focus();
    announce(t.made);
  };
  fill(place, h("p", null, t.makeMeaning), actionButton(t.make, make));
  return h("section", { "aria-labelledby": "buat" }, h("h2", { id: "buat", tabindex: "-1" }, t.makeHeading), place);
}

function madeCode(code, number, makeAnother) {
  const another = async () => {
    const actions = [{ label: t.another, kind: "danger" }];
    const isSure = await dialog({ title: t.anotherQuestion, body: h("p", null, t.anotherBody), actions });
    if (isSure) await makeAnother();
  };
  const whole = h("div", { class: "card" },
    notice("info", h("p", null, t.once)),
    secretLine({ label: t.code, help: t.codeHelp, value: code, copy: t.copyCode, oncopy: kept }),
    secretLine({ label: t.number, help: t.numberHelp, value: number, copy: t.copyNumber }),
    h("p", { class: "actions" }, saveLink(code, number, kept), actionButton(t.another, another, { kind: "quiet" })),
    h("h3", null, t.next),
    h("ol", null, t.steps.map((text) => h("li", null, text))),
  );
  whole.querySelector("h3").tabIndex = -1;
  setUnsaved(unkept, false);
  unkept = whole;
  setUnsaved(unkept, true);
  return whole;
}

function saveLink(code, number, onsave) {
  const file = new Blob([t.file(code, number)], { type: "text/plain;charset=utf-8" });
  const link = h("a", { class: "button second", href: URL.createObjectURL(file), download: t.fileName }, t.save);
  link.addEventListener("click", () => {
    announce(t.saved);
    onsave();
  });
  return link;
}

function taking(me) {
  const place = h("div");
  const code = codeField({ name: "code", label: t.takeLabel });
  const whole = form({
    label: t.take,
    fields: [code],
    submit: t.take,
    asks: false,
    onsubmit: async (values) => {
      const { link } = await send("POST", "/api/message-pickups", { code: plainHex(values.code) }, OPEN);
      const panel = linkPanel(link, { counts: Boolean(me) });
      fill(place, panel, h("p", { class: "actions" }, actionButton(t.takeAgain, () => fill(place, whole), { kind: "second" })));
      panel.focusHeading();
      kept();
    },
  });
  return h("section", { "aria-labelledby": "ambil" },
    h("h2", { id: "ambil", tabindex: "-1" }, t.takeHeading),
    h("p", null, t.takeMeaning),
    fill(place, whole),
  );
}
