// Antrean Verifikasi: what waits for this verifier, nearest deadline first. New requests are told
// quietly and shown when asked, so that nothing moves under a hand.

import { now } from "/js/api.js";
import "/js/countdown.js";
import { fill, h, newId, query } from "/js/dom.js";
import { follow, redraw } from "/js/live.js";
import { news, start } from "/js/page.js";
import { Queue, entries, notForThem } from "/js/queue.js";
import { shortcuts } from "/js/shortcuts.js";
import { ui } from "/js/texts.js";
import { verification as texts } from "/js/texts/verification.js";
import { actionButton, announce, deadline, notice } from "/js/ui.js";

const t = texts.queue;

/** Looking again costs the service one page; a queue moves by the hour. */
const LOOK_AGAIN_MS = 60_000;

/** From here on a deadline is near. */
const SOON_MS = 24 * 3_600_000;

/** Fewer requests than this are seen at a glance. */
const FILTER_FROM = 6;

/** Names of a letter that its entry shows. */
const LETTER_NAMES = 3;

const queue = new Queue();
const parts = {
  news: h("div", { class: "queue-news", role: "status" }),
  count: h("p", { class: "queue-count", role: "status" }),
  filter: h("div", { class: "queue-filter", role: "search", hidden: true }),
  list: h("div", { class: "queue" }),
  foot: h("div", { class: "list-foot" }),
};
const filter = { text: query("cari"), kind: query("jenis") };

start(async () => {
  const told = news();
  try {
    await queue.more();
  } catch (error) {
    return notForThem(error);
  }
  drawFilter();
  draw();
  parts.list.addEventListener("over", (event) => becameLate(event.target.dataset.request));
  parts.list.addEventListener("keydown", arrows);
  lookAgain();
  const head = h("div", { class: "queue-head" }, parts.count, keys());
  return [told ? notice("good", h("p", null, told)) : null, parts.news, parts.filter, head, parts.list, parts.foot];
});

// The list.

function draw() {
  const rows = queue.rows.filter(matches);
  const isFiltered = filter.text || filter.kind;
  parts.count.textContent = countText(rows.length, isFiltered);
  parts.filter.hidden = !isFiltered && queue.isWhole && queue.rows.length < FILTER_FROM;
  const late = rows.filter((row) => row.overdue);
  const inTime = rows.filter((row) => !row.overdue);
  redraw(parts.list, section(t.late(late.length), late), section(t.inTime(inTime.length), inTime), rows.length ? null : nothing(isFiltered));
  const more = queue.isWhole ? null : actionButton(isFiltered ? t.loadAll : ui.more, isFiltered ? loadAll : loadMore, { kind: "second" });
  fill(parts.foot, !queue.isWhole && isFiltered ? h("p", null, t.partly) : null, more);
}

function countText(shown, isFiltered) {
  if (isFiltered) return t.matching(shown, queue.rows.length);
  return queue.rows.length ? t.count(queue.rows.length, queue.isWhole) : "";
}

function section(title, rows) {
  if (!rows.length) return null;
  const list = h("ul", { class: "rows" }, entries(rows).map((it) => (it.letter ? letterEntry(it) : requestEntry(it.rows[0]))));
  return h("section", null, h("h2", null, title), list);
}

function nothing(isFiltered) {
  if (isFiltered) return h("div", { class: "empty" }, h("p", null, t.noMatch), actionButton(t.clear, clearFilter, { kind: "second" }));
  return h("div", { class: "empty" }, h("p", null, h("strong", null, t.empty)), h("p", null, t.emptyHelp));
}

function requestEntry(row) {
  return entry({
    row,
    href: `/verifikasi/pengajuan?id=${row.id}`,
    name: row.person.name,
    about: t.at(row.role.name, place(row)),
    tags: [tag("info", row.kind_text), ...clashTags([row])],
    lines: row.conflicts.map((it) => it.text),
  });
}

function letterEntry({ rows, letter }) {
  const names = rows.slice(0, LETTER_NAMES).map((row) => row.person.name);
  return entry({
    row: rows[0],
    href: `/kolektif/lihat?id=${letter.id}`,
    name: t.letter(letter.name),
    about: t.letterRows(rows.length),
    tags: [tag("info", t.letterTag), ...clashTags(rows)],
    lines: [t.people(names, rows.length - names.length)],
  });
}

function entry({ row, href, name, about, tags, lines }) {
  const left = h("akses-countdown", { until: row.deadline.at, past: true, dataset: { request: row.id } });
  const id = newId("tentang");
  return h("li", { class: row.overdue ? "queue-row late" : "queue-row" },
    h("div", { class: "queue-what" },
      h("p", { class: "queue-title" }, h("a", { href, class: "queue-link", "aria-describedby": id, dataset: { key: row.id } }, name), tags),
      h("p", { id }, about),
      lines.map((line) => h("p", { class: "queue-line" }, line))),
    h("div", { class: "queue-when" },
      h("p", { class: `status ${urgency(row)}` }, left),
      deadline(row.deadline),
      row.step ? h("p", { class: "queue-line" }, row.step.text) : null));
}

/** A tone for who sees it; the words beside it say the same. */
function urgency(row) {
  if (row.overdue) return "bad";
  return Date.parse(row.deadline.at) - now() < SOON_MS ? "waiting" : "ended";
}

/** Who verifies for one institution knows which. */
function place(row) {
  const isOne = queue.rows.every((it) => it.institution.id === row.institution.id);
  return isOne && row.role.id !== "VAI" ? row.work_unit.name : `${row.work_unit.name}, ${row.institution.name}`;
}

function tag(tone, text) {
  return h("span", { class: `status ${tone}` }, text);
}

function clashTags(rows) {
  const clashes = rows.flatMap((row) => row.conflicts);
  if (!clashes.length) return [];
  return [clashes.some((it) => it.blocks) ? tag("bad", t.clashBlocks) : tag("waiting", t.clash)];
}

async function loadMore() {
  const before = queue.rows.length;
  await queue.more();
  draw();
  announce(ui.moreDone(queue.rows.length - before));
  focusRow(queue.rows[before]?.id);
}

async function loadAll() {
  await queue.rest();
  draw();
  announce(parts.count.textContent);
}

function becameLate(id) {
  const row = queue.rows.find((it) => it.id === id);
  if (!row || row.overdue) return;
  row.overdue = true;
  draw();
}

// Filtering what is loaded; the address keeps it for the way back.

function drawFilter() {
  const text = h("input", { type: "search", id: "cari", autocomplete: "off", value: filter.text });
  const option = ([value, kind]) => h("option", { value, selected: value === filter.kind }, kind);
  const kind = h("select", { id: "jenis" }, [["", t.anyKind], ...Object.entries(t.kinds)].map(option));
  const apply = () => {
    Object.assign(filter, { text: text.value.trim(), kind: kind.value });
    const search = new URLSearchParams(Object.entries({ cari: filter.text, jenis: filter.kind }).filter(([, value]) => value));
    history.replaceState(null, "", search.size ? `?${search}` : location.pathname);
    draw();
  };
  text.addEventListener("input", apply);
  kind.addEventListener("change", apply);
  const labelled = (label, input) => h("div", { class: "field" }, h("label", { for: input.id }, label), input);
  fill(parts.filter, labelled(t.search, text), labelled(t.kind, kind));
}

function clearFilter() {
  Object.assign(filter, { text: "", kind: "" });
  history.replaceState(null, "", location.pathname);
  drawFilter();
  draw();
  focusRow(queue.rows[0]?.id);
}

function matches(row) {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const text = [row.person.name, row.role.name, row.work_unit.name, row.institution.name, row.collective?.name ?? ""].join(" ").toLowerCase();
  return (!filter.kind || row.kind === filter.kind) && words.every((word) => text.includes(word));
}

// What came meanwhile.

function lookAgain() {
  let isFirst = true;
  const ask = async (signal) => {
    // It was just read; and who is elsewhere needs no news.
    const isIdle = isFirst || document.hidden;
    isFirst = false;
    return isIdle ? { came: 0, gone: 0 } : queue.changes({ signal, session: "open" });
  };
  const show = ({ came, gone }) => {
    if (came || gone) fill(parts.news, h("p", null, t.news(came, gone)), actionButton(t.refresh, refresh, { kind: "second" }));
    return LOOK_AGAIN_MS;
  };
  // A session that ended is told when the person does something next.
  follow({ ask, show, failed: () => {} });
}

async function refresh() {
  await queue.reload();
  fill(parts.news);
  draw();
  announce(t.refreshed);
  focusRow(queue.rows[0]?.id);
}

// By keyboard.

function keys() {
  const step = (by) => () => move(by);
  return shortcuts([
    { key: "j", text: t.keys.down, run: step(1) },
    { key: "k", text: t.keys.up, run: step(-1) },
    { key: "↓ ↑", text: t.keys.arrows },
    { key: "Enter", text: t.keys.open },
  ]);
}

/** Arrows only inside the list: elsewhere they scroll the page. */
function arrows(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches(".queue-link")) return;
  event.preventDefault();
  event.stopPropagation();
  move(step);
}

function move(by) {
  const links = [...parts.list.querySelectorAll(".queue-link")];
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
  next?.focus();
  next?.closest("li").scrollIntoView({ block: "nearest" });
}

function focusRow(id) {
  parts.list.querySelector(`[data-key="${id}"]`)?.focus();
}
