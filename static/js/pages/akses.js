// Manajemen Akses, the first page after signing in: what needs doing now, and what one has.

import { get } from "/js/api.js";
import { about, lastDay, places, readAccesses } from "/js/accesses.js";
import { plainDay } from "/js/dates.js";
import { h } from "/js/dom.js";
import { news, start } from "/js/page.js";
import { accesses as texts } from "/js/texts/accesses.js";
import { linkButton, moment, notice } from "/js/ui.js";

const t = texts.home;
const { buttons } = texts.access;

/** More of one status than this are a list, and lists are elsewhere. */
const GROUP_SHOWN = 5;

/** What can be used comes first, what is over last. */
const GROUPS = ["active", "pending", "rejected", "expired", "inactive"];

start(async ({ me }) => {
  const told = news();
  const [{ items, next }, { drafts }] = await Promise.all([readAccesses(), get("/api/drafts")]);
  const tasks = tasksOf(items, drafts, me);
  return [
    told ? notice("info", h("p", null, told)) : null,
    items.length || tasks.length ? todo(tasks, items, me) : nothingYet(),
    items.length ? overview(items, next) : null,
  ];
});

function nothingYet() {
  return h("section", { class: "card" }, h("h2", null, t.emptyTitle), h("p", null, t.empty));
}

// What needs doing.

/** The most pressing first. */
function tasksOf(items, drafts, me) {
  const tasks = [
    ...items.map(taskOf).filter(Boolean),
    ...drafts.filter((draft) => !draft.rejection).map(draftTask),
  ];
  if (!me.service_number && items.some((access) => access.status === "active")) tasks.push(numberTask());
  return tasks;
}

function taskOf(access) {
  const role = access.role.name;
  const { request } = access;
  const can = (step) => access.next_steps.includes(step);
  const { registerAgain } = places;
  const task = (title, text, label, href) => ({ title: title(role), text, link: linkButton(label, href) });
  const reason = access.rejection;
  const renew = (title, text, label) =>
    task(title, reason ? t.tasks.renewalRejected(reason) : text(plainDay(access.valid_until)), label, places.renew(access.id));
  if (can("meet")) return task(t.tasks.meet, t.tasks.meetText, buttons.meet, places.meeting(request.id));
  if (request?.overdue) return task(t.tasks.overdue, t.tasks.overdueText, t.tasks.overdueButton, places.list(access.id));
  if (can("register-again")) return task(t.tasks.rejected, t.tasks.rejectedReason(reason), buttons.registerAgain, registerAgain(access));
  if (can("extend")) return renew(t.tasks.extend, t.tasks.extendText, buttons.extend);
  // Who gave an access up wanted its end; who forgot about it may not.
  return can("reactivate") && access.status === "expired" ? renew(t.tasks.expired, t.tasks.expiredText, buttons.reactivate) : null;
}

function draftTask(draft) {
  const saved = draft.saved ? [" ", t.tasks.draftSaved, moment(draft.saved), "."] : null;
  return {
    title: t.tasks.draft(draft.role.name),
    text: [draft.missing.length ? t.tasks.draftText(draft.missing.length) : t.tasks.draftWhole, saved],
    link: linkButton(t.tasks.draftButton, places.register(draft.role.id)),
  };
}

function numberTask() {
  return { title: t.tasks.number, text: t.tasks.numberText, link: linkButton(t.tasks.numberButton, "/pengaturan/profil#nip", "second") };
}

function todo(tasks, items, me) {
  const row = ({ title, text, link }) => {
    const heading = h("h3", null, title);
    return h("li", { class: "task" }, h("div", null, heading, h("p", null, text)), about([heading], [link]));
  };
  return h("section", { "aria-labelledby": "tugas" },
    h("h2", { id: "tugas", class: "first" }, t.todo),
    tasks.length ? h("ul", { class: "tasks" }, tasks.map(row)) : h("p", { class: "all-well" }, nothingToDo(items, me)));
}

/** What waits for somebody because of their office is not looked for here, so it is not denied either. */
function nothingToDo(items, { is_verifier: isVerifier, duties }) {
  if (items.some((access) => access.request)) return t.waiting;
  if (items.some((access) => access.status !== "active")) return t.nothing;
  return isVerifier || duties.length ? t.allWellInOffice : t.allWell;
}

// What one has.

function overview(items, next) {
  const groups = GROUPS.map((status) => items.filter((access) => access.status === status)).filter((group) => group.length);
  return h("section", { "aria-labelledby": "milik" },
    h("h2", { id: "milik" }, t.mine),
    h("div", { class: "groups" }, groups.map(group)),
    next ? h("p", null, t.more) : null,
    h("p", { class: "onward" }, h("a", { href: "/pengaturan/informasi-instansi" }, t.all), h("a", { href: "/kenapa" }, t.why)));
}

function group(items) {
  const [{ status, status_text: text }] = items;
  const others = items.length - GROUP_SHOWN;
  return h("section", { class: `card group of-${status}` },
    h("h3", null, t.group(text, items.length)),
    h("ul", { class: "plain" },
      items.slice(0, GROUP_SHOWN).map(line),
      others > 0 ? h("li", null, h("a", { href: "/pengaturan/informasi-instansi" }, t.others(others))) : null));
}

function line(access) {
  return h("li", null,
    h("a", { href: places.list(access.id) }, access.role.name),
    h("p", { class: "where" }, texts.access.place(access)),
    h("p", { class: "when" }, when(access)));
}

function when(access) {
  const { request } = access;
  if (request && access.status !== "active") return [t.due, moment(request.deadline)];
  if (!access.valid_until) return null;
  const day = access.status === "inactive" ? t.ended : t.until;
  return h("time", { datetime: access.valid_until }, day(lastDay(access).textContent));
}
