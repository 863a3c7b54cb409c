// Ruang tunggu: the place in the queue as it changes, and the video room once the verifier
// called. The room itself is opened by the person, in a tab of its own: nothing of it is in here.

import { get } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { busyWithDialog, follow, lineState, markTitle } from "/js/live.js";
import { roomLink } from "/js/meeting.js";
import { meetings as t } from "/js/texts/meetings.js";
import { moment } from "/js/ui.js";

/** How long the service may hold an answer back for news. */
const WAIT_S = 20;

const HERE = new Set(["waiting", "called"]);

/**
 * The waiting room of a request. `first` is what joining answered, `about` says for which access,
 * `actions` stands below the queue as long as one waits. `left` is called when the meeting is neither
 * waited for nor held any more, `failed` with what asking again does not mend. `stop()` of the
 * result ends it.
 */
export function waitingRoom({ request, first, about, actions, left, failed }) {
  const line = lineState();
  const heading = h("h2", { tabindex: "-1" }, t.waitingRoom);
  const scene = h("div");
  const whole = h("section", { class: "card" }, heading, about, scene, line);
  let shown = null;
  let seen = first?.seen ?? "";

  const show = (room) => {
    const later = busyWithDialog();
    if (later) return later;
    seen = room.seen;
    markTitle(titleOf(room));
    if (!HERE.has(room.state)) {
      left();
      return null;
    }
    if (room.state !== shown?.state) {
      const wasHere = scene.contains(document.activeElement);
      shown = room.state === "called" ? calledScene(room) : waitingScene(room, actions);
      heading.textContent = shown.title;
      fill(scene, shown.element);
      if (wasHere) heading.focus();
    } else {
      shown.update(room);
    }
    return room.look_again_s * 1000;
  };
  const query = () => new URLSearchParams({ seen, wait_s: WAIT_S });
  const following = follow({
    ask: (signal) => get(`/api/requests/${request}/waiting-room?${query()}`, { signal }),
    show,
    line: line.say,
    failed,
    first,
  });
  return Object.assign(whole, {
    stop() {
      following.stop();
      markTitle("");
    },
    focusHeading: () => heading.focus(),
  });
}

function titleOf(room) {
  if (room.state === "called") return t.called;
  return room.place ? t.waitingTitle(room.place) : "";
}

/** The queue. Its place is read out when it changes. */
function waitingScene(room, actions) {
  const number = h("strong", { class: "place-number" });
  const ahead = h("span");
  const place = h("p", { class: "place", role: "status" }, h("span", null, t.place), " ", number, " ", ahead);
  const update = (it) => {
    if (number.textContent === String(it.place)) return;
    number.textContent = it.place;
    ahead.textContent = it.place > 1 ? t.ahead(it.place - 1) : t.next;
  };
  update(room);
  const slot = room.starts ? h("p", null, `${t.yourSlot}: `, moment(room.starts)) : null;
  return { state: "waiting", title: t.waitingRoom, update, element: h("div", null, place, h("p", null, room.advice), slot, actions) };
}

/** The call. The address is renewed with each answer, for it may have an end. */
function calledScene(room) {
  const link = roomLink(room.room);
  const until = h("p", { class: "hint" });
  const update = (it) => {
    link.href = it.room.url;
    until.textContent = it.room.until ? t.roomUntil(it.room.until.text) : "";
  };
  update(room);
  const host = new URL(room.room.url).host;
  const call = h("div", { class: "notice good", role: "alert" }, h("p", null, room.advice));
  return {
    state: "called",
    title: t.called,
    update,
    element: h("div", null, call, h("div", { class: "actions" }, link), h("p", null, t.roomNote(host)), until, h("p", null, t.afterRoom)),
  };
}
