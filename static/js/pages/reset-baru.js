// Step 1 (PWD-1): the head of a work unit sends the request letter, and says for whom.

import { get, send } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { leaveTo, localDraft } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { start, tellNextPage } from "/js/page.js";
import { peopleField } from "/js/reset/people.js";
import { reset } from "/js/texts/reset.js";
import { elsewhere, linkButton } from "/js/ui.js";
import "/js/upload.js";

const t = reset.request;

/** A person has a handful of accesses; one page of them is all. */
const LIMIT = 100;

start(async ({ me, content }) => {
  if (!me.duties.includes("work-unit-head")) return elsewhere([t.outsider, t.outsiderDo], linkButton(t.pickupPage, "/kode-ambil"));
  const { accesses } = await get(`/api/accesses?limit=${LIMIT}`);
  const units = unitsOf(accesses);
  fill(content, back(), before(), requestForm(me, units));
});

function back() {
  return h("p", null, h("a", { href: "/reset" }, reset.back));
}

/** The work units of one's active accesses, each once; which of them one heads, the service knows. */
function unitsOf(accesses) {
  const active = accesses.filter((access) => access.status === "active");
  const units = new Map();
  for (const { work_unit: unit, role } of active) {
    const known = units.get(unit.id) ?? { value: unit.id, text: unit.name, roles: [] };
    units.set(unit.id, { ...known, roles: [...known.roles, role.name] });
  }
  return [...units.values()].map(({ value, text, roles }) => ({ value, text: `${text} (${roles.join(", ")})` }));
}

function before() {
  return h("section", { class: "card" },
    h("h2", null, t.before),
    h("ul", null, [t.beforeLetter, t.beforePickup, t.beforeNever].map((text) => h("li", null, text))),
    h("p", null, h("a", { href: "/kode-ambil" }, t.pickupPage)),
  );
}

function requestForm(me, units) {
  const people = peopleField({ name: "people", label: t.people, help: t.peopleHelp });
  const only = units.length === 1 ? units[0].value : "";
  return form({
    label: t.submit,
    draft: localDraft(me, "reset-baru"),
    fields: [
      field({ name: "work_unit", label: t.unit, kind: "select", help: t.unitHelp, choices: units, value: only }),
      field({ name: "letter_number", label: t.number, help: t.numberHelp, attrs: { autocomplete: "off", maxlength: 100 } }),
      field({ name: "letter_date", label: t.date, kind: "date", help: t.dateHelp }),
      field({ name: "document", label: t.document, help: t.documentHelp, element: document.createElement("akses-upload") }),
      people,
    ],
    submit: t.submit,
    onsubmit: async (values) => {
      const ticket = await request({ ...values, people: people.people });
      tellNextPage(t.sent);
      leaveTo(`/reset/tiket?id=${ticket.id}`);
    },
  });
}

/** Sends it. Somebody with several accesses at the unit has one password all the same: any of them will do. */
async function request(body) {
  try {
    return await send("POST", "/api/password-resets", body, { intent: "reset-baru" });
  } catch (error) {
    const at = error.body?.index ?? (body.people.length === 1 ? 0 : null);
    if (at === null) throw error;
    if (error.slug === "several-accesses") {
      const [access] = error.body.accesses;
      const people = body.people.map((person, index) => (index === at ? { access, pickup: person.pickup } : person));
      return request({ ...body, people });
    }
    if (body.people.length > 1) error.fields.forEach((it) => (it.detail = t.wrong(t.person(at + 1), it.detail)));
    throw error;
  }
}
