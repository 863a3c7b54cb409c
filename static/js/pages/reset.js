// The board of open resets (PWD-2): what I can do now on top, late ones first, and for the rest whose
// turn it is. The eleven steps are shown as the service has them, when somebody asks.

import { get } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { follow, redraw } from "/js/live.js";
import { news, start } from "/js/page.js";
import { due, hasPart, lateBadge, procedureList, stepBar, STEPS } from "/js/reset/steps.js";
import { reset as t } from "/js/texts/reset.js";
import { ui } from "/js/texts.js";
import { elsewhere, facts, linkButton, moment, notice, problemNotice } from "/js/ui.js";

/** As many as the service answers at once: so few boards have a second page. */
const LIMIT = 100;

/** Steps take half an hour: who looks at an open board need not press anything. */
const REFRESH_MS = 60_000;

start(async ({ me, content }) => {
  if (!hasPart(me)) return outsider();
  const told = news();
  const board = h("div");
  live(board, me, await read(1));
  fill(content, told ? notice("good", told) : null, shortcuts(me), board, procedure());
});

function outsider() {
  const links = [linkButton(t.board.pickup, "/kode-ambil", "second"), linkButton(t.board.messages, "/pesan", "second")];
  return elsewhere([t.board.outsider, t.board.outsiderDo], links);
}

function shortcuts(me) {
  const isHead = me.duties.includes("work-unit-head");
  const isAnswerable = ["ukpbj-head", "lpse-head", "lpse-team"].some((duty) => me.duties.includes(duty));
  return h("p", { class: "actions" },
    isHead ? linkButton(t.board.ask, "/reset/baru") : null,
    isAnswerable ? linkButton(t.board.report, "/reset/laporan", "second") : null,
  );
}

/** The open tickets, as many pages of them as somebody asked for. */
async function read(pages, signal) {
  const all = [];
  let next = "";
  for (let page = 0; page < pages && next !== null; page += 1) {
    const after = next ? `&after=${encodeURIComponent(next)}` : "";
    const answer = await get(`/api/reset-board?limit=${LIMIT}${after}`, { signal });
    all.push(...answer.tickets);
    next = answer.next;
  }
  return { all: all.sort(byUrgency), next };
}

/** Shows the board and keeps it true; what did not change stays as it is, with all that was unfolded. */
function live(place, me, first) {
  let pages = 1;
  let shown = "";
  const show = (board) => {
    const state = JSON.stringify(board);
    if (state !== shown) redraw(place, lists(board, me, () => (pages += 1, following.again())));
    shown = state;
    return REFRESH_MS;
  };
  const following = follow({ first, ask: (signal) => read(pages, signal), show, failed: (error) => fill(place, problemNotice(error)) });
}

function lists({ all, next }, me, readMore) {
  if (!all.length) return nothing(me);
  const [mine, others] = [all.filter((it) => it.your_turn), all.filter((it) => !it.your_turn)];
  return [
    h("h2", null, t.board.yours(mine.length)),
    mine.length ? h("ul", { class: "rows" }, mine.map(card)) : h("p", { class: "empty" }, t.board.yoursNone),
    others.length ? [h("h2", null, t.board.others(others.length)), h("ul", { class: "rows" }, others.map(card))] : null,
    next ? h("button", { type: "button", class: "second", onclick: readMore, dataset: { key: "lagi" } }, ui.more) : null,
  ];
}

/** Late ones first, then by deadline; what has none comes last. */
function byUrgency(a, b) {
  const at = (ticket) => (ticket.deadline ? Date.parse(ticket.deadline.at) : Infinity);
  return b.late - a.late || at(a) - at(b) || a.id.localeCompare(b.id);
}

function nothing(me) {
  const isHead = me.duties.includes("work-unit-head");
  return h("p", { class: "empty" }, t.board.none, " ", isHead ? t.board.noneHead : t.board.noneOthers);
}

function card(ticket) {
  const isMine = ticket.your_turn;
  const label = isMine ? t.board.do(ticket.next_step) : t.board.read;
  const link = linkButton(label, `/reset/tiket?id=${ticket.id}`, isMine ? "main" : "second");
  link.dataset.key = ticket.id;
  link.append(h("span", { class: "unseen" }, t.board.ofLetter(ticket.letter_number)));
  return h("li", { class: "card" },
    h("div", { class: "card-head" }, h("h3", null, t.ticketName(ticket.letter_number)), ticket.late ? lateBadge() : null),
    h("p", { class: "hint" }, `${ticket.work_unit.name} · ${t.people(ticket.people)}`),
    stepBar(ticket.next_step),
    h("p", null, h("strong", null, t.stepOf(ticket.next_step, STEPS)), ": ", ticket.activity),
    facts([
      [t.turn, isMine ? t.you(ticket.actor_text) : ticket.actor_text],
      [t.since, moment(ticket.waiting_since)],
      [t.steps.due, due(ticket)],
    ]),
    h("p", { class: "actions" }, link),
  );
}

/** Asked for when it is opened: who knows the steps does not pay for them. */
function procedure() {
  const place = h("div");
  const fold = h("details", { class: "card fold" }, h("summary", null, t.board.procedureOpen), place);
  const load = async () => {
    try {
      const { steps } = await get("/api/reset-procedure");
      fill(place, procedureList(steps));
    } catch (error) {
      fill(place, problemNotice(error, load));
    }
  };
  fold.addEventListener("toggle", () => fold.open && !place.hasChildNodes() && load());
  return h("section", null, h("h2", null, t.board.procedure), fold);
}
