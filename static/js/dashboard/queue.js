// The age of the verification queue: how much waits by the time that is left, and what has
// waited longest (VER-3).

import { get, now } from "/js/api.js";
import { barTable } from "/js/chart.js";
import { h } from "/js/dom.js";
import { dashboard } from "/js/texts/dashboard.js";
import { deadline, facts, linkButton, moment } from "/js/ui.js";

const t = dashboard.queue;

const PAGE_ROWS = 100;

/** So many are counted at most: the queue comes nearest deadline first, so the rest is not urgent. */
const ROWS_MAX = 500;

const HOUR_MS = 3_600_000;

/** By the hours that are left; the first that fits. */
const AGES = [
  { label: t.overdue, hint: t.overdueHint, tone: "bad", fits: (hours, it) => it.overdue || hours <= 0 },
  { label: t.hours12, tone: "waiting", fits: (hours) => hours < 12 },
  { label: t.hours24, tone: "waiting", fits: (hours) => hours < 24 },
  { label: t.days2, tone: "active", fits: (hours) => hours < 48 },
  { label: t.days3, tone: "active", fits: () => true },
];

/** The section's nodes. */
export async function queueAge() {
  const { requests, isMore } = await waiting();
  const open = linkButton(t.open, "/verifikasi", requests.length ? "main" : "second");
  if (!requests.length) return [h("p", { class: "empty" }, t.nothing), h("div", { class: "actions" }, open)];
  const rows = byAge(requests);
  return [
    barTable({ caption: t.caption, summary: t.summary(requests.length, rows[0].value, isMore), labelTitle: t.label, valueTitle: t.value, rows }),
    isMore ? h("p", { class: "help" }, t.more(requests.length)) : null,
    oldest(requests[0]),
    h("div", { class: "actions" }, open),
  ];
}

async function waiting() {
  const requests = [];
  let next = "";
  do {
    const page = await get(`/api/requests?limit=${PAGE_ROWS}${next ? `&after=${encodeURIComponent(next)}` : ""}`);
    requests.push(...page.requests);
    next = page.next;
  } while (next && requests.length < ROWS_MAX);
  return { requests, isMore: Boolean(next) };
}

function byAge(requests) {
  const rows = AGES.map(({ label, hint, tone }) => ({ label, hint, tone, value: 0 }));
  for (const request of requests) {
    const hours = (Date.parse(request.deadline.at) - now()) / HOUR_MS;
    rows[AGES.findIndex((age) => age.fits(hours, request))].value += 1;
  }
  if (!rows[0].value) rows[0].hint = null;
  return rows;
}

/** All requests have the same time, so the nearest deadline is the longest wait. */
function oldest(request) {
  return facts([
    [t.oldest, h("a", { href: `/verifikasi/pengajuan?id=${encodeURIComponent(request.id)}` }, t.oldestText(request.kind_text, request.role.name, request.person.name, request.work_unit.name))],
    [t.submitted, moment(request.submitted)],
    [t.deadline, deadline(request.deadline)],
    [t.told, request.step?.text],
  ]);
}
