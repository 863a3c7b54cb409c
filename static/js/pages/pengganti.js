// Pengganti: who verifies while a VAI is absent, and for whom one stands in oneself (VER-1).

import { get, send } from "/js/api.js";
import { dayText, plainDay, today } from "/js/dates.js";
import { fill, h } from "/js/dom.js";
import { localDraft } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { start } from "/js/page.js";
import { institutionFields, institutionsAs } from "/js/places.js";
import { verification as texts } from "/js/texts/verification.js";
import { actionButton, announce, dialog, facts, linkButton, moment, notice } from "/js/ui.js";

const t = texts.substitutes;

/** As the service has them (ours). */
const ABSENCE_DAYS_MAX = 30;
const AHEAD_DAYS_MAX = 90;

const TONES = { planned: "waiting", running: "active", over: "ended", ended: "ended" };

const parts = { told: h("div"), naming: h("section"), lists: h("div") };
let person = null;

start(async ({ me }) => {
  person = me;
  const isVai = me.duties.includes("vai");
  await Promise.all([list(), isVai ? naming() : null]);
  if (!isVai) fill(parts.naming, notice("info", h("p", null, t.notForYou)));
  return [parts.told, parts.naming, parts.lists];
});

// Naming.

async function naming() {
  const fields = [
    ...institutionFields(await institutionsAs("VAI")),
    field({ name: "substitute_email", label: t.email, kind: "email", help: t.emailHelp, attrs: { autocomplete: "off" } }),
    field({ name: "from", label: t.from, kind: "date", help: t.fromHelp(AHEAD_DAYS_MAX), attrs: { min: today("WIB") } }),
    field({ name: "until", label: t.until, kind: "date", help: t.untilHelp(ABSENCE_DAYS_MAX), attrs: { min: today("WIB") } }),
  ];
  const nameForm = form({ label: t.nameTitle, fields, submit: t.submit, draft: localDraft(person, "pengganti"), onsubmit: name });
  nameForm.fields.from.addEventListener("change", () => {
    nameForm.fields.until.querySelector("input").min = nameForm.fields.from.value || today("WIB");
  });
  fill(parts.naming, h("h2", null, t.nameTitle), h("p", null, t.nameHelp), nameForm);
}

async function name(values) {
  const named = await send("POST", "/api/substitutes/naming", values, { intent: "tunjuk pengganti" });
  await list();
  tell(t.named(named.substitute.name));
  // Only now is nothing unsaved: the form empties itself for the next absence.
  queueMicrotask(() => void naming());
}

function tell(text) {
  fill(parts.told, notice("good", h("p", null, text)));
  parts.told.scrollIntoView({ block: "center" });
  announce(text);
}

// What was named.

async function list() {
  const { substitutes } = await get("/api/substitutes");
  const mine = substitutes.filter((it) => it.absent.id === person.id);
  const others = substitutes.filter((it) => it.absent.id !== person.id);
  const isVai = person.duties.includes("vai");
  fill(parts.lists,
    isVai || mine.length ? section(t.mine, mine.map(ownEntry), t.none) : null,
    others.length || !isVai ? section(t.others, others.map(otherEntry), t.noneForSubstitute) : null);
}

function section(title, rows, empty) {
  return h("section", null, h("h2", null, title), rows.length ? h("ul", { class: "rows" }, rows) : h("p", { class: "empty" }, empty));
}

function ownEntry(it) {
  const isOpen = it.state === "planned" || it.state === "running";
  const end = isOpen ? actionButton(t.end, () => askToEnd(it), { kind: "danger", "aria-label": t.endLabel(it.substitute.name) }) : null;
  return entry(it, it.substitute.name, t.meaning, end);
}

function otherEntry(it) {
  const open = it.state === "running" ? linkButton(t.toQueue, "/verifikasi", "second") : null;
  return entry(it, t.standsInFor(it.absent.name), t.meaningForSubstitute, open);
}

function entry(it, title, meaning, action) {
  return h("li", { class: "card substitute" },
    h("h3", null, title),
    h("p", { class: "meaning" }, h("span", { class: `status ${TONES[it.state]}` }, it.state_text), " ", meaning[it.state]),
    facts([
      [texts.institution, it.institution.name],
      [t.from, t.dayIn(dayText(it.from), it.zone)],
      [t.until, t.dayIn(dayText(it.until), it.zone)],
      [t.ended, it.ended && moment(it.ended)],
    ]),
    action ? h("div", { class: "actions" }, action) : null);
}

async function askToEnd(it) {
  const run = () => send("POST", `/api/substitutes/${it.id}/ending`, {}, { intent: `akhiri ${it.id}` });
  const ended = await dialog({
    title: t.endTitle,
    body: h("div", null, h("p", null, t.endBody(it.substitute.name)), h("p", null, t.days(plainDay(it.from), plainDay(it.until)))),
    actions: [{ label: t.endSubmit, kind: "danger", run }],
  });
  if (!ended) return;
  await list();
  tell(t.endDone(it.substitute.name));
}
