// Rapat verifikasi: one's own meetings; one of them with what to prepare, "Cari Jadwal Lain" and
// "Gabung Rapat"; the waiting room; and what came of it.

import { ApiProblem, get, getAll, now, send } from "/js/api.js";
import "/js/countdown.js";
import { dayText } from "/js/dates.js";
import { fill, h, newId, query } from "/js/dom.js";
import { busyWithDialog, follow, markTitle, redraw } from "/js/live.js";
import { dayOf, hours, stateBadge } from "/js/meeting.js";
import { start } from "/js/page.js";
import { meetings as t } from "/js/texts/meetings.js";
import { actionButton, announce, dialog, facts, linkButton, moment, notice, problemNotice, statusSentence } from "/js/ui.js";
import { waitingRoom } from "/js/waiting-room.js";

/** An open page looks again at least this often. */
const LOOK_AGAIN_MS = 5 * 60_000;
const UNSCHEDULED_LOOK_MS = 60_000;

/** A moment that changes what can be done is over when its second is. */
const SECOND_MS = 1_000;

start(async ({ me }) => {
  const id = query("id");
  if (id) return meetingPage(me, id);
  const accesses = (await ownAccesses()).filter((it) => it.next_steps.includes("meet"));
  if (accesses.length !== 1) return ownMeetings(me, accesses);
  history.replaceState(null, "", addressOf(accesses[0]));
  return meetingPage(me, accesses[0].request.id);
});

function ownAccesses() {
  return getAll("/api/accesses?limit=100", "accesses");
}

function addressOf(access) {
  return `/rapat?id=${access.request.id}`;
}

// One's own meetings.

async function ownMeetings(me, accesses) {
  const toQueue = me.is_verifier ? linkButton(t.toQueue, "/rapat/antrean", "second") : null;
  if (!accesses.length) {
    return [h("p", { class: "empty" }, t.none), buttons(linkButton(t.toAccesses, "/akses", "second"), toQueue)];
  }
  const found = await Promise.all(accesses.map(async (it) => [it, await get(`/api/requests/${it.request.id}/meeting`)]));
  found.sort(([, a], [, b]) => startOf(a) - startOf(b));
  const rows = found.map(([access, meeting]) => row(access, meeting));
  return [h("ul", { class: "rows", "aria-label": t.own }, rows), toQueue && buttons(toQueue)];
}

/** Those without a time come last. */
function startOf(meeting) {
  return meeting.starts ? Date.parse(meeting.starts.at) : Number.MAX_SAFE_INTEGER;
}

function row(access, meeting) {
  const name = t.access(access);
  const link = h("a", { class: "button main", href: addressOf(access), "aria-label": t.openFor(name) }, t.open);
  return h("li", { class: "card" }, h("h2", null, name), when(meeting), h("p", null, meeting.advice), buttons(link));
}

// One meeting, as long as this page is open.

async function meetingPage(me, id) {
  const address = `/api/requests/${encodeURIComponent(id)}/meeting`;
  let first;
  let own;
  try {
    [first, own] = await Promise.all([get(address), ownAccesses()]);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 404) throw error;
    return [notice("info", h("p", null, t.notThere)), buttons(linkButton(t.toOwn, "/rapat"))];
  }
  const access = own.find((it) => it.id === first.access);
  return new MeetingPage({ me, id, address, access }).show(first);
}

class MeetingPage {
  constructor(parts) {
    Object.assign(this, parts);
    this.place = h("div");
    this.current = null;
  }

  /** Draws the meeting and follows it from there on. */
  show(meeting) {
    this.current?.stop();
    this.drawn = null;
    if (this.isInRoom(meeting)) this.showRoom(meeting);
    else this.showSchedule(meeting);
    return this.place;
  }

  /** Verifiers may look at a meeting; its waiting room is the applicant's. */
  isInRoom({ state }) {
    return this.access && (state === "waiting" || state === "called");
  }

  async read() {
    this.show(await get(this.address));
  }

  fail(error) {
    fill(this.place, problemNotice(error, () => this.read()));
  }

  showSchedule(first) {
    const draw = (meeting) => {
      const later = busyWithDialog();
      if (later) return later;
      if (this.isInRoom(meeting)) {
        this.show(meeting);
        return null;
      }
      const state = JSON.stringify([meeting, now() >= Date.parse(meeting.starts?.at)]);
      if (state !== this.drawn) redraw(this.place, this.scheduleParts(meeting));
      this.drawn = state;
      return meeting.state === "closed" ? null : untilNextChange(meeting);
    };
    draw(first);
    if (first.state === "closed") return;
    const ask = (signal) => get(this.address, { signal });
    this.current = follow({ ask, show: draw, failed: (error) => this.fail(error), first });
  }

  scheduleParts(meeting) {
    if (meeting.state === "closed" && this.access) return this.result(meeting);
    const advice = h("p", null, meeting.advice);
    const actions = this.access ? this.actions(meeting) : forVerifier(meeting);
    const card = h("section", { class: "card" }, heading(t.schedule), this.about(), when(meeting), advice, actions);
    return h("div", { class: "meeting" }, card, preparation(meeting));
  }

  about() {
    return this.access ? h("p", { class: "about" }, t.access(this.access)) : null;
  }

  /** The two buttons, each with the rule that it follows. */
  actions(meeting) {
    const [joinNote, moveNote] = [newId("gabung"), newId("ganti")];
    const isAhead = meeting.state === "scheduled";
    const join = isAhead ? actionButton(t.join, () => this.join(), { "aria-describedby": joinNote, dataset: { key: "join" } }) : null;
    if (join && !meeting.can_join) join.setAttribute("aria-disabled", "true");
    const move = meeting.can_move ? this.mover(meeting, { kind: isAhead ? "second" : "main", "aria-describedby": moveNote }) : null;
    const moveText = meeting.can_move ? t.moveUntil : t.moveOver;
    return [
      buttons(join, move, join || move ? null : linkButton(t.toAccesses, "/akses")),
      join ? h("p", { class: "hint", id: joinNote }, joinText(meeting)) : null,
      meeting.movable_until ? h("p", { class: "hint", id: moveNote }, moveText(meeting.movable_until.text, meeting.moves_left)) : null,
    ];
  }

  mover(meeting, props) {
    return actionButton(t.move, () => this.move(meeting), { dataset: { key: "move" }, ...props });
  }

  async join() {
    const room = await send("POST", `${this.address}/join`, {}, { intent: `gabung-rapat ${this.id}` });
    this.current?.stop();
    this.showRoom(await get(this.address), room);
    this.room.focusHeading();
  }

  showRoom(meeting, first) {
    this.room = waitingRoom({
      request: meeting.request,
      about: this.about(),
      actions: meeting.can_move ? buttons(this.mover(meeting, { kind: "second" })) : null,
      left: () => this.read().catch((error) => this.fail(error)),
      failed: (error) => this.fail(error),
      first,
    });
    this.current = this.room;
    fill(this.place, h("div", { class: "meeting" }, this.room, preparation(meeting)));
  }

  /** "Cari Jadwal Lain": asks, then shows the slot that was given. */
  async move(meeting) {
    const what = meeting.state === "waiting" ? `${t.moveBody} ${t.leavesQueue}` : t.moveBody;
    const moved = await dialog({
      title: t.moveTitle,
      body: [facts([[t.present, moment(meeting.starts)]]), h("p", null, what)],
      actions: [{ label: t.move, run: () => send("POST", `${this.address}/reschedule`, {}, { intent: `jadwal-lain ${this.id}` }) }],
    });
    if (!moved) return;
    this.show(moved);
    this.place.querySelector("h2").focus();
    const times = facts([[t.before, moment(meeting.starts)], [t.after, h("strong", null, moment(moved.starts))]]);
    await dialog({
      title: t.movedTitle,
      body: [times, h("p", null, t.movedBody)],
      cancel: t.close,
    });
  }

  /** What came of it: read anew, for it was decided while this page was open. */
  result(meeting) {
    const card = h("section", { class: "card" }, heading(t.result), h("p", null, meeting.advice));
    const tell = (all) => {
      fill(card, outcome(this.me, all.find((it) => it.id === meeting.access)));
      announce(card.firstChild.textContent);
      markTitle(t.result);
    };
    ownAccesses().then(tell).catch((error) => card.append(problemNotice(error)));
    return card;
  }
}

function outcome(me, access) {
  const toAccesses = linkButton(t.toAccesses, "/akses", "second");
  if (access?.status === "active") {
    const profile = h("a", { href: "/pengaturan/profil" }, t.profile);
    const first = me.service_number ? null : h("p", null, t.serviceNumber, profile, t.serviceNumberHow);
    const about = facts([[t.for, t.access(access)]]);
    return [heading(t.approved), about, statusSentence(access), first, buttons(linkButton(t.choosePlatform, "/platform"), toAccesses)];
  }
  if (access?.status === "rejected") {
    const about = facts([[t.for, t.access(access)], [t.reason, access.rejection]]);
    const again = linkButton(t.registerAgain, `/daftar-akses?role=${encodeURIComponent(access.role.id)}`);
    return [heading(t.rejected), about, statusSentence(access), h("p", null, t.again), buttons(again, toAccesses)];
  }
  return [heading(t.result), h("p", null, t.decided), access ? statusSentence(access) : null, buttons(toAccesses)];
}

/** A verifier looks at it; the buttons are the applicant's. */
function forVerifier(meeting) {
  return buttons(linkButton(t.toQueue, "/rapat/antrean"), linkButton(t.decide, `/verifikasi/pengajuan?id=${meeting.request}`, "second"));
}

function buttons(...children) {
  return h("div", { class: "actions" }, children);
}

// What is said of a meeting.

function heading(text) {
  return h("h2", { tabindex: "-1" }, text);
}

/** Its day and hours, where it stands, and how long it is until then. */
function when(meeting) {
  const state = stateBadge(meeting);
  if (!meeting.starts) return h("p", { class: "when" }, state);
  const day = h("strong", null, dayOf(meeting));
  const time = h("time", { class: "when-time", datetime: meeting.starts.at }, day, " ", t.hours(hours(meeting)));
  return h("p", { class: "when" }, time, state, meeting.state === "scheduled" ? untilThen(meeting) : null);
}

function untilThen({ starts }) {
  const hasBegun = now() >= Date.parse(starts.at);
  return h("span", { class: "left" }, hasBegun ? t.begun : [`${t.begins} `, h("akses-countdown", { until: starts.at })]);
}

function joinText(meeting) {
  if (meeting.can_join) return t.joinNow;
  return t.joinFrom(dayText(meeting.starts.at.slice(0, 10)), meeting.starts.text.split(" ").at(-1));
}

function preparation(meeting) {
  if (!meeting.prepare.length) return null;
  const things = [...meeting.prepare, t.device].map((it) => h("li", null, it));
  return h("section", { class: "card" }, h("h2", null, t.prepare), h("ul", null, things));
}

/** In how many ms a button opens or closes by itself; sooner where the service may act meanwhile. */
function untilNextChange(meeting) {
  if (!meeting.starts) return UNSCHEDULED_LOOK_MS;
  const { at } = meeting.starts;
  const dayBegins = `${at.slice(0, 10)}T00:00:00${at.slice(19)}`;
  const left = [dayBegins, at, meeting.ends.at, meeting.movable_until.at].map((it) => Date.parse(it) - now());
  return Math.min(LOOK_AGAIN_MS, ...left.filter((ms) => ms > 0).map((ms) => ms + SECOND_MS));
}
