// What is said of a meeting wherever it shows: its day and hours, where it stands, its room.

import { h } from "/js/dom.js";
import { meetings as t } from "/js/texts/meetings.js";

const TONES = { unscheduled: "ended", scheduled: "info", waiting: "waiting", called: "active", missed: "bad", closed: "ended" };

/** Where it stands, as a coloured word. */
export function stateBadge(meeting, text = meeting.state_text) {
  return h("span", { class: `status ${TONES[meeting.state]}` }, text);
}

/** `10.30–11.00 WIB`, of what the API says as two whole moments. */
export function hours({ starts, ends }) {
  const [from, until] = [starts, ends].map((it) => it.text.split(" pukul ").at(-1));
  return `${from.split(" ")[0]}–${until}`;
}

/** `Senin, 30 November 2026`. */
export function dayOf({ starts }) {
  return starts.text.split(" pukul ")[0];
}

/** The link into a video room; `label` names it where there are several. */
export function roomLink(room, { label, key } = {}) {
  const away = { target: "_blank", rel: "noopener noreferrer" };
  const props = { class: "button main", href: room.url, "aria-label": label, dataset: key ? { key } : {}, ...away };
  return h("a", props, t.enterRoom, label ? null : h("span", { class: "unseen" }, ` ${t.newTab}`));
}
