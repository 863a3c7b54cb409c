// Serah Terima: what nobody carries on, and naming who does, for PA, KPA and Kepala UKPBJ (EXP-6).

import { ApiProblem, get, send } from "/js/api.js";
import { about } from "/js/accesses.js";
import { plainDay } from "/js/dates.js";
import { fill, h } from "/js/dom.js";
import { field } from "/js/form.js";
import { start } from "/js/page.js";
import { accesses as texts } from "/js/texts/accesses.js";
import { actionButton, announce, badge, dialog, linkButton, notice, pagedList } from "/js/ui.js";

const t = texts.handovers;

/** Instead of a person: nothing is open. */
const NONE_OPEN = "none-open";

const EXPIRED = "Kedaluwarsa";

start(async ({ content }) => {
  const first = await read(null).catch(forbidden);
  if (!first) return notForYou();
  const load = (cursor) => (cursor ? read(cursor) : first);
  const list = pagedList({ load, row: card, empty: t.empty, label: t.label });
  await list.ready;
  fill(content, list);
});

async function read(cursor) {
  const { handovers: items, next } = await get(`/api/handovers?limit=20${cursor ? `&after=${encodeURIComponent(cursor)}` : ""}`);
  return { items, next };
}

function forbidden(error) {
  if (error instanceof ApiProblem && error.status === 403) return null;
  throw error;
}

function notForYou() {
  return h("section", { class: "card" }, h("h2", null, t.forbiddenTitle), h("p", null, t.forbidden),
    h("p", { class: "actions" }, linkButton(texts.access.toList, "/pengaturan/informasi-instansi", "second")));
}

function card(item) {
  const whole = h("li", { class: "card" });
  const heading = h("h2", null, item.person.name);
  const assign = actionButton(t.assign, () => assignTo(item, whole));
  fill(whole,
    heading,
    h("p", { class: "access-place" }, `${item.role.name} · ${item.work_unit.name}`),
    h("p", null, badge(item), " ", isExpired(item) ? t.expired(plainDay(item.valid_until)) : t.deactivated),
    packages(item),
    h("p", { class: "actions" }, about([heading], [assign])));
  return whole;
}

function isExpired(item) {
  return item.status_text === EXPIRED && item.valid_until;
}

function packages(item) {
  if (!item.packages.length) return h("p", null, t.noPackages);
  const paid = (it) => (it.handed_over ? h("span", { class: "hint" }, t.handedOver) : null);
  const line = (it) => h("li", null, it.title, it.code ? ` (${it.code})` : null, paid(it));
  return [h("h3", null, t.packages), h("ul", null, item.packages.map(line))];
}

async function assignTo(item, card) {
  const successors = await candidates(item);
  if (!successors) {
    await dialog({ title: t.assignFor(item), body: h("p", null, t.notYours), cancel: t.close });
    return;
  }
  const who = field({
    name: "who", label: t.who, kind: "radio",
    choices: [
      ...successors.map((it) => ({ value: it.account, text: it.name, help: it.role.name })),
      { value: NONE_OPEN, text: t.none, help: t.noneHelp },
    ],
  });
  const chosen = await dialog({
    title: t.assignFor(item),
    body: h("div", null, successors.length ? null : h("p", null, t.noCandidates), who),
    actions: [{ label: t.submit, run: () => assign(item, who) }],
  });
  if (chosen) showDone(item, card, successors.find((it) => it.account === chosen));
}

/** None when somebody else's word counts at this work unit. */
async function candidates(item) {
  try {
    return (await get(`/api/accesses/${item.access}/successors`)).successors;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

async function assign(item, who) {
  if (!who.value) {
    who.problem = t.chooseOne;
    who.focusInput();
    return false;
  }
  const handover = who.value === NONE_OPEN ? { kind: NONE_OPEN } : { kind: "successor", successor: who.value };
  await send("POST", `/api/handovers/${item.access}/successor`, { handover }, { intent: `penerus:${item.access}` });
  return who.value;
}

function showDone(item, card, successor) {
  const text = successor ? t.done(successor.name, item) : t.doneNone(item);
  fill(card, notice("good", h("p", { tabindex: "-1" }, text)));
  announce(text);
  card.querySelector("p").focus();
}
