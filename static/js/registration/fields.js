// The fields of a registration as the service describes them (REG-2): which there are, their words and
// what they need is data; how each kind is filled in is here, and what follows from what.

import "/js/combobox.js";
import "/js/upload.js";
import { get } from "/js/api.js";
import { dayText, today } from "/js/dates.js";
import { h } from "/js/dom.js";
import { field } from "/js/form.js";
import { registration as texts } from "/js/texts/registration.js";
import { announce } from "/js/ui.js";

const t = texts.form;

/** As the service has it: no decree names a longer term. */
const TERM_YEARS_MAX = 10;

/** Longer texts get more than one line. */
const LINE_CHARS_MAX = 200;

/** The fields of this registration for `form`, filled with what was typed. */
export function fieldsOf(registration) {
  const made = registration.fields.map((asked) => {
    const one = MAKERS[asked.kind](asked, registration);
    one.hidden = asked.need === "first-registrant" && !registration.needs(asked);
    one.value = registration.chosen[asked.name] ?? registration.values[asked.name] ?? "";
    return one;
  });
  connect(Object.fromEntries(made.map((it) => [it.name, it])), registration);
  return made;
}

/** What another form of this browser held says nothing here. */
const OFF = { autocomplete: "off" };

const MAKERS = {
  text: (asked) => common(asked, { kind: asked.chars_max > LINE_CHARS_MAX ? "textarea" : "text", attrs: { maxlength: asked.chars_max, ...OFF } }),
  npwp: (asked) => common(asked, { attrs: { inputmode: "numeric", maxlength: 24, ...OFF } }),
  golongan: (asked) => common(asked, { kind: "select", choices: asked.choices.map(asChoice) }),
  "institution-kind": (asked) => common(asked, { kind: "select", choices: asked.choices.map(asChoice), help: `${asked.help} ${t.kindHelp}` }),
  institution: (asked, registration) => common(asked, { element: combobox(institutions(registration)) }),
  "work-unit": (asked, registration) => common(asked, { element: combobox(workUnits(registration)) }),
  document: (asked) => common(asked, { element: document.createElement("akses-upload"), help: "" }),
  date: lastDay,
};

/** What every kind has; the service's optional fields say so in their help, and ours in the label. */
function common(asked, own) {
  const required = asked.need !== "optional";
  return field({ name: asked.name, label: asked.label, help: required ? asked.help : null, required, ...own });
}

function asChoice(text) {
  return { value: text, text };
}

function combobox(source) {
  return Object.assign(document.createElement("akses-combobox"), { source });
}

function institutions(registration) {
  return async (text, signal) => {
    const kind = registration.narrowedTo ? `&kind=${encodeURIComponent(registration.narrowedTo)}` : "";
    const page = await get(`/api/reference/institutions?q=${encodeURIComponent(text)}${kind}`, { signal });
    return { ...page, items: page.items.map((it) => ({ ...it, hint: `${it.kind} · ${it.zone}` })) };
  };
}

function workUnits(registration) {
  return (text, signal) => {
    const { institution } = registration.chosen;
    if (!institution) return t.institutionFirst;
    return get(`/api/reference/work-units?institution=${institution.id}&q=${encodeURIComponent(text)}`, { signal });
  };
}

/** The last day, with its own sentence: what people mean is easily another year. */
function lastDay(asked, registration) {
  const zone = () => registration.chosen.institution?.zone ?? "WIB";
  const first = today(zone());
  const last = `${Number(first.slice(0, 4)) + TERM_YEARS_MAX}${first.slice(4)}`;
  const check = (day) => {
    if (day < today(zone())) return t.past;
    return day > last ? t.tooFar(TERM_YEARS_MAX) : "";
  };
  const one = common(asked, { kind: "date", attrs: { min: first, max: last }, check });
  const meaning = h("p", { class: "help last-day", "aria-live": "polite" });
  one.querySelector(".error").before(meaning);
  one.say = () => {
    const isRight = one.value && !check(one.value);
    meaning.textContent = isRight ? t.lastDay(dayText(one.value), registration.chosen.institution?.zone) : "";
  };
  one.addEventListener("change", one.say);
  return one;
}

/** What follows from a choice: the kind and the zone from the institution, the address from the unit. */
function connect({ institution_kind: kind, institution, work_unit: unit, address, valid_until: day, document }, registration) {
  const { chosen } = registration;
  registration.narrowedTo = kind?.value ?? "";
  const chooseUnit = (item) => {
    chosen.work_unit = item;
    if (unit.element.choice !== item) unit.element.choice = item;
    if (address?.hidden && item?.needs_address) announce(t.address);
    if (address) address.hidden = !item?.needs_address;
  };
  const chooseInstitution = (item) => {
    chosen.institution = item;
    if (institution.element.choice !== item) institution.element.choice = item;
    if (item && kind) {
      kind.value = registration.narrowedTo = item.kind;
      kind.problem = "";
    }
    day?.say();
    chooseUnit(null);
  };
  kind?.addEventListener("change", () => {
    registration.narrowedTo = kind.value;
    if (chosen.institution && chosen.institution.kind !== kind.value) chooseInstitution(null);
  });
  institution.element.addEventListener("change", () => chooseInstitution(institution.element.choice));
  unit.element.addEventListener("change", () => chooseUnit(unit.element.choice));
  document.element.addEventListener("change", () => (chosen.document = document.element.document));
  day?.say();
}
