// Antrean rapat: a verifier's meetings of today as they change, "Panggil Berikutnya", the room of
// whom one called, and the way to the decision.

import { ApiProblem, getAll, send } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { busyWithDialog, follow, lineState, markTitle, redraw } from "/js/live.js";
import { dayOf, hours, roomLink, stateBadge } from "/js/meeting.js";
import { start } from "/js/page.js";
import { meetings as t } from "/js/texts/meetings.js";
import { actionButton, announce, dialog, facts, linkButton, moment, notice, problemNotice, table } from "/js/ui.js";

/** The list is short and read at once; nobody looks at a hidden tab, but its title tells. */
const LOOK_AGAIN_MS = 5_000;
const HIDDEN_LOOK_MS = 30_000;

start(async () => {
  let first;
  try {
    first = await today();
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 403) throw error;
    return notForYou();
  }
  return queue(first);
});

function today(options) {
  return getAll("/api/meetings?limit=100", "meetings", options);
}

function notForYou() {
  const links = h("div", { class: "actions" }, linkButton(t.toOwn, "/rapat"), linkButton(t.toAccesses, "/akses", "second"));
  return [notice("info", h("p", null, t.notVerifier), h("p", null, t.notVerifierToDo)), links];
}

function queue(first) {
  const counts = h("p", { class: "counts", role: "status" });
  const line = lineState();
  const told = h("div", { class: "told" });
  const list = h("div");
  let drawn = "";

  const show = (meetings) => {
    const later = busyWithDialog();
    if (later) return later;
    count(counts, meetings);
    const state = withoutRooms(meetings);
    if (state !== drawn) redraw(list, serving(meetings, absent), day(meetings));
    else renewRooms(list, meetings);
    drawn = state;
    return document.hidden ? HIDDEN_LOOK_MS : LOOK_AGAIN_MS;
  };
  const absent = async (meeting) => {
    const isMarked = await dialog({
      title: t.absentTitle(meeting.person.name),
      body: h("p", null, t.absentBody),
      actions: [{ label: t.absentButton, kind: "danger", run: () => markAbsent(meeting) }],
    });
    if (!isMarked) return;
    show(await today());
    following.again();
    announce(t.absentDone(meeting.person.name));
  };
  const failed = (error) => fill(list, problemNotice(error, () => location.reload()));
  show(first);
  const following = follow({ ask: (signal) => today({ signal }), show, line: line.say, failed, first });

  const call = actionButton(t.call, async () => {
    const { meeting, advice } = await send("POST", "/api/meetings/call-next", {}, { intent: "panggil-berikutnya" });
    if (!meeting) {
      fill(told, notice("info", h("p", null, advice)));
      return;
    }
    fill(told);
    show(await today());
    following.again();
    announce(`${t.calledNow(meeting.person.name)} ${advice}`);
    list.querySelector(`[data-key="room-${meeting.request}"]`)?.focus();
  });
  return h("div", null, h("div", { class: "live-head" }, counts, line), h("div", { class: "actions" }, call), told, list, meanings());
}

async function markAbsent({ request }) {
  await send("POST", `/api/requests/${request}/meeting/absence`, {}, { intent: `tidak-hadir ${request}` });
}

/** Each state with what it means, one press away. */
function meanings() {
  return h("details", { class: "derivation meanings" }, h("summary", null, t.meaningsTitle), facts(t.meanings));
}

/** How many wait, in words and in the title of the tab. */
function count(counts, meetings) {
  const of = (state) => meetings.filter((it) => it.state === state).length;
  const text = t.counts(of("waiting"), of("scheduled"));
  if (counts.textContent !== text) counts.textContent = text;
  markTitle(of("waiting") ? t.countTitle(of("waiting")) : "");
}

/** What is drawn anew when it changes. An address may be another one each time that it is asked for. */
function withoutRooms(meetings) {
  return JSON.stringify(meetings.map((it) => ({ ...it, room: Boolean(it.room) })));
}

function renewRooms(list, meetings) {
  for (const { request, room } of meetings.filter((it) => it.room)) list.querySelector(`[data-key="room-${request}"]`).href = room.url;
}

/** Whom this verifier called and has not decided yet; `absent` is told who did not come. */
function serving(meetings, absent) {
  const mine = meetings.filter((it) => it.room);
  const one = (it) =>
    h("li", { class: "card" },
      h("h3", null, it.person.name),
      facts([[t.about, accessText(it)], [t.calledAt, moment(it.called)], [t.absentFrom, moment(it.absent_from)]]),
      h("div", { class: "actions" },
        roomLink(it.room, { label: t.roomFor(it.person.name), key: `room-${it.request}` }),
        decisionLink(it, { text: t.decide, label: t.decideFor(it.person.name), kind: "button second" }),
        actionButton(t.absent, () => absent(it), { kind: "quiet", "aria-label": t.absentOf(it.person.name) })));
  const list = mine.length ? h("ul", { class: "rows" }, mine.map(one)) : h("p", { class: "empty" }, t.servingNone);
  return h("section", null, h("h2", null, t.serving), list);
}

/** Everybody's slot of today. */
function day(meetings) {
  const title = h("h2", null, t.today);
  if (!meetings.length) {
    return h("section", null, title, h("p", { class: "empty" }, t.todayNone), linkButton(t.toVerification, "/verifikasi", "second"));
  }
  const columns = [
    { title: t.hour, cell: (it) => h("time", { datetime: it.starts.at }, hours(it)) },
    { title: t.person, cell: (it) => it.person.name },
    { title: t.about, cell: accessText },
    { title: t.state, cell: state },
    { title: t.action, cell: (it) => decisionLink(it, { text: t.look, label: t.lookFor(it.person.name), kind: "look" }) },
  ];
  const caption = t.todayCaption(dayOf(meetings[0]), meetings.length);
  return h("section", null, title, table({ caption, columns, rows: meetings }));
}

function state(meeting) {
  const isOthers = meeting.state === "called" && !meeting.room;
  return stateBadge(meeting, isOthers ? t.calledByOther : meeting.state_text);
}

function accessText(meeting) {
  return `${meeting.role.name}, ${meeting.work_unit.name}, ${meeting.institution.name}`;
}

function decisionLink(meeting, { text, label, kind }) {
  const href = `/verifikasi/pengajuan?id=${meeting.request}`;
  return h("a", { class: kind, href, "aria-label": label, dataset: { key: `${kind}-${meeting.request}` } }, text);
}
