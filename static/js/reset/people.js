// For whom a reset is asked (step 1): up to twenty people of the unit, each with whether they can
// still sign in, and if not the number that only they can tell (PWD-3). To a form it is one field.

import { fill, h, newId } from "/js/dom.js";
import { field } from "/js/form.js";
import { numberField, plainHex } from "/js/reset/number.js";
import { reset } from "/js/texts/reset.js";
import { announce } from "/js/ui.js";

const t = reset.request;

/** As the service has it. */
const PEOPLE_MAX = 20;

/** The field: `value` is `[{email, way, pickup}]`, `people` what the API takes. */
export function peopleField({ name, label, help }) {
  const errorId = newId(`${name}-salah`);
  const error = h("p", { class: "error", id: errorId });
  const rows = h("div", { class: "people" });
  const add = h("button", { type: "button", class: "second" }, t.add);
  const whole = h("fieldset", { class: "field", "aria-describedby": errorId },
    h("legend", null, label),
    h("p", { class: "help" }, help),
    rows,
    error,
    add,
  );
  const all = () => [...rows.children];

  const renumber = () => {
    all().forEach((row, at) => row.setNumber(at + 1, all().length > 1));
    add.hidden = all().length >= PEOPLE_MAX;
  };
  const changed = () => whole.dispatchEvent(new Event("change", { bubbles: true }));
  const append = (person) => {
    const row = personRow({ onremove: () => remove(row) });
    rows.append(row);
    if (person) row.person = person;
    renumber();
    return row;
  };
  const remove = (row) => {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    renumber();
    neighbour.focusFirst();
    announce(t.removed);
    changed();
  };
  add.addEventListener("click", () => {
    append().focusFirst();
    announce(t.added(all().length));
    changed();
  });
  append();

  const wrongRow = () => all().find((row) => row.wrong());
  const objection = () => {
    const row = wrongRow();
    return row ? t.wrong(t.person(all().indexOf(row) + 1), row.wrong().objection) : "";
  };
  Object.assign(whole, { label, kind: "people", focusInput: () => (wrongRow() ?? all()[0]).focusWrong() });
  return Object.defineProperties(whole, {
    name: { value: name },
    value: {
      get: () => all().map((row) => row.person),
      set: (people) => {
        fill(rows);
        (people?.length ? people : [null]).forEach(append);
      },
    },
    kept: { get: () => whole.value },
    people: { get: () => all().map((row) => row.answer) },
    isEmpty: { get: () => Boolean(wrongRow()) },
    objection: { get: objection },
    problem: {
      get: () => error.textContent,
      set: (text) => {
        error.textContent = text;
        all().forEach((row) => row.mark(Boolean(text)));
      },
    },
  });
}

function personRow({ onremove }) {
  const legend = h("legend");
  const email = field({ name: "email", label: t.email, kind: "email", attrs: { autocomplete: "off" } });
  const choices = [{ value: "yes", text: t.signsInYes }, { value: "no", text: t.signsInNo }];
  const way = field({ name: "way", label: t.signsIn, kind: "radio", choices });
  const pickup = numberField({ name: "pickup", label: t.pickup });
  way.missing = t.waysMissing;
  const removal = h("button", { type: "button", class: "quiet", onclick: onremove });
  const row = h("fieldset", { class: "person card" }, legend, email, way, pickup, removal);
  const showPickup = () => (pickup.hidden = way.value !== "no");
  way.addEventListener("change", showPickup);
  showPickup();

  /** The first field that is wrong. */
  const wrong = () => [email, way, pickup].find((it) => it.objection);
  Object.assign(row, {
    setNumber: (at, isRemovable) => {
      legend.textContent = t.person(at);
      removal.textContent = t.remove(at);
      removal.hidden = !isRemovable;
    },
    wrong,
    mark: (isShown) => [email, way, pickup].forEach((it) => (it.problem = isShown ? it.objection : "")),
    focusFirst: () => email.focusInput(),
    focusWrong: () => (wrong() ?? email).focusInput(),
  });
  return Object.defineProperties(row, {
    person: {
      get: () => ({ email: email.value, way: way.value, pickup: pickup.value }),
      set: (person) => {
        [email.value, way.value, pickup.value] = [person.email, person.way, person.pickup];
        showPickup();
      },
    },
    answer: { get: () => ({ email: email.value, ...(way.value === "no" ? { pickup: plainHex(pickup.value) } : {}) }) },
  });
}
