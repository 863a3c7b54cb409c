// The letter of a national cut-off: plan one, or change one that is planned (`?id=`). What somebody
// else changed meanwhile is shown beside what was typed, and nothing is overwritten unseen.

import { ApiProblem, get, now, send } from "/js/api.js";
import { addressOf, letterFacts, notYours } from "/js/dashboard/cut-off.js";
import { today } from "/js/dates.js";
import { fill, h, query } from "/js/dom.js";
import { leaveTo, localDraft } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { institutionsByCode } from "/js/institution-names.js";
import "/js/institutions.js";
import { start, tellNextPage } from "/js/page.js";
import { cutOffs as t } from "/js/texts/cut-offs.js";
import "/js/ticks.js";
import { dialog, linkButton, notice } from "/js/ui.js";

/** As the service has them. */
const KINDS = ["Kementerian", "Lembaga", "Provinsi", "Kabupaten", "Kota", "Instansi Lainnya"];
const INSTITUTIONS_MAX = 200;
const NUMBER_CHARS_MAX = 100;
const AHEAD_DAYS_MAX = 366;

const DAY_MS = 86_400_000;

/** The API's names of the fields, where ours differ. */
const NAMES = { scope: "scope", "scope.kinds": "kinds", "scope.codes": "institutions" };

const id = query("id");

start(async ({ me, content }) => {
  const refused = notYours(me);
  if (refused) return refused;
  if (!id) return letterForm(me, null);
  const cutOff = await readCutOff();
  if (!cutOff) return [notice("bad", h("p", null, t.unknown)), h("p", null, h("a", { href: "/pemutusan" }, t.back))];
  if (!cutOff.changeable) {
    const meaning = cutOff.withdrawn ? t.states.withdrawn.meaning : t.states.past.meaning;
    return [notice("info", h("p", null, t.form.begun, " ", meaning)), h("div", { class: "actions" }, linkButton(t.form.toReport, addressOf(id)))];
  }
  document.querySelector("h1").textContent = t.change;
  fill(content, letterForm(me, cutOff, await namesOf(cutOff)));
});

/** Null when there is none of this id. */
async function readCutOff() {
  try {
    return (await get(`/api/cut-offs/${encodeURIComponent(id)}/report?limit=1`)).cut_off;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

async function namesOf(cutOff) {
  return cutOff.scope.kind === "institutions" ? institutionsByCode(cutOff.scope.codes) : [];
}

/** `cutOff` is what is changed; null: a new one. */
function letterForm(me, cutOff, names = []) {
  let version = cutOff?.version;
  const conflict = h("div", { tabindex: "-1" });
  const fields = fieldsOf();
  if (cutOff) put(fields, cutOff, names);
  const whole = form({
    label: cutOff ? t.change : t.plan,
    fields: Object.values(fields),
    submit: cutOff ? t.form.submitChange : t.form.submitPlan,
    names: NAMES,
    draft: localDraft(me, `pemutusan:${id || "baru"}:${version ?? 0}`),
    extra: linkButton(t.form.cancel, cutOff ? addressOf(id) : "/pemutusan", "second"),
    onsubmit: async (values) => {
      const letter = letterOf(values);
      if (!(await confirmed(letter, cutOff, fields))) return false;
      try {
        const sent = await sendLetter(letter, version);
        whole.settled();
        tellNextPage(cutOff ? t.changed : t.planned);
        leaveTo(addressOf(sent.id));
        return true;
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.status !== 412) throw error;
        version = await showConflict(conflict, fields, version);
        return false;
      }
    },
  });
  showScope(fields);
  fields.scope.addEventListener("change", () => showScope(fields));
  return [conflict, whole];
}

function fieldsOf() {
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const scopes = Object.entries(t.form.scopes).map(([value, it]) => ({ value, ...it }));
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);
  const here = today("WIT");
  return {
    letter_number: field({ name: "letter_number", label: t.letterNumber, help: t.form.letterNumberHelp, attrs: { maxlength: NUMBER_CHARS_MAX, autocomplete: "off" } }),
    letter_date: field({ name: "letter_date", label: t.letterDate, kind: "date", help: t.form.letterDateHelp, attrs: { max: here } }),
    last_day: field({ name: "last_day", label: t.form.lastDay, kind: "date", help: t.form.lastDayHelp, attrs: { min: here, max: day(now() + AHEAD_DAYS_MAX * DAY_MS) } }),
    scope: Object.assign(field({ name: "scope", label: t.form.scope, kind: "radio", choices: scopes }), { missing: t.form.scopeMissing }),
    kinds: field({ name: "kinds", label: t.form.kinds, element: make("akses-ticks", { choices: KINDS.map((kind) => ({ value: kind, text: kind })) }) }),
    institutions: field({ name: "institutions", label: t.form.institutions, help: t.form.institutionsHelp, element: make("akses-institutions", { most: INSTITUTIONS_MAX }) }),
  };
}

/** Puts what is recorded into the fields. */
function put(fields, cutOff, names) {
  fields.letter_number.value = cutOff.letter_number;
  fields.letter_date.value = cutOff.letter_date;
  fields.last_day.value = cutOff.last_day;
  fields.scope.value = cutOff.scope.kind;
  fields.kinds.value = cutOff.scope.kinds;
  fields.institutions.value = cutOff.scope.codes.map((code) => names.find((it) => it.code === code) ?? { code, name: code });
  showScope(fields);
}

function showScope({ scope, kinds, institutions }) {
  kinds.hidden = scope.value !== "kinds";
  institutions.hidden = scope.value !== "institutions";
}

/** As the API takes it; what is hidden is not among the values. */
function letterOf({ letter_number, letter_date, last_day, scope: kind, kinds, institutions }) {
  const scope = { everyone: { kind }, kinds: { kind, kinds }, institutions: { kind, codes: institutions } }[kind];
  return { letter_number, letter_date, last_day, scope };
}

function sendLetter(letter, version) {
  if (!version) return send("POST", "/api/cut-offs/plan", letter, { intent: "rencana pemutusan" });
  return send("POST", `/api/cut-offs/${encodeURIComponent(id)}/change`, letter, { intent: `ubah pemutusan ${id}`, ifMatch: String(version) });
}

function confirmed(letter, cutOff, fields) {
  return dialog({
    title: cutOff ? t.form.confirmChange : t.form.confirmPlan,
    body: h("div", null, letterFacts(letter, fields.institutions.kept), h("p", null, t.form.confirmHelp)),
    actions: [{ label: cutOff ? t.form.confirmGoChange : t.form.confirmGo }],
  });
}

/** Shows what is recorded now beside what was typed; answers the version that a next try is about. */
async function showConflict(place, fields, version) {
  const current = await readCutOff();
  if (!current?.changeable) {
    const text = current?.withdrawn ? t.form.withdrawnMeanwhile : t.form.begun;
    fill(place, notice("bad", h("p", null, text), h("p", null, h("a", { href: addressOf(id) }, t.form.toReport))));
    place.focus();
    return version;
  }
  const names = await namesOf(current);
  const settle = (text) => {
    fill(place, notice("info", h("p", null, text)));
    place.focus();
  };
  const drop = () => {
    put(fields, current, names);
    settle(t.form.conflictDropped);
  };
  const button = (label, kind, onclick) => h("button", { type: "button", class: kind, onclick }, label);
  fill(place,
    h("section", { class: "card conflict" },
      h("h2", null, t.form.conflictTitle),
      h("p", null, t.form.conflictBody),
      letterFacts(current, names),
      h("div", { class: "actions" }, button(t.form.conflictKeep, "second", () => settle(t.form.conflictKept)), button(t.form.conflictDrop, "second", drop)),
    ),
  );
  place.focus();
  return current.version;
}
