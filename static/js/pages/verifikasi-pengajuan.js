// Periksa Pengajuan: the data beside the decree, one press to decide, and on to the next one without
// loading a page. Who comes second is told what stands and why (VER-4).

import { get, send } from "/js/api.js";
import "/js/countdown.js";
import { dayText, plainDay, zoneOf } from "/js/dates.js";
import { documentView } from "/js/document.js";
import { fill, h, query } from "/js/dom.js";
import { leaveTo } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { start, tellNextPage } from "/js/page.js";
import { Queue, notForThem } from "/js/queue.js";
import { rejection } from "/js/rejection.js";
import { shortcuts } from "/js/shortcuts.js";
import { verification as texts } from "/js/texts/verification.js";
import { actionButton, announce, deadline, facts, linkButton, moment, notice } from "/js/ui.js";

const t = texts.request;

const QUEUE_PAGE = "/verifikasi";

/** From this width on the decree lies beside the data (verification.css), and is worth its bytes at once. */
const BESIDE = "(min-width: 68rem)";

const queue = new Queue();
const place = h("div", { class: "case-place" });
let person = null;
let shownId = "";

start(async ({ me }) => {
  person = me;
  addEventListener("popstate", () => show(query("id")));
  try {
    await show(query("id"));
  } catch (error) {
    return notForThem(error);
  }
  return [place, keys()];
});

/** Shows a request; `told` is what was done to the one before. */
async function show(id, told) {
  const row = await queue.find(id);
  shownId = id;
  const message = told ? notice("good", h("p", null, told)) : null;
  if (!row) {
    fill(place, message, notice("info", h("p", null, t.none)), await ways(null));
    return;
  }
  document.title = [row.person.name, t.title, "Akses INAPROC"].join(" · ");
  fill(place, message, await ways(row), caseOf(row));
  if (told) announce(told);
}

/** In this page, so that the queue and all modules are there already. What is done is nothing to go back to. */
async function go(id, told) {
  if (told) history.replaceState(null, "", `?id=${id}`);
  else history.pushState(null, "", `?id=${id}`);
  await show(id, told);
  scrollTo(0, 0);
  place.querySelector("h2")?.focus();
}

async function ways(row) {
  const back = h("a", { href: QUEUE_PAGE }, t.back);
  if (!row) {
    const first = queue.rows[0];
    return h("p", { class: "actions" }, linkButton(t.toQueue, QUEUE_PAGE), first ? linkButton(t.goOn, addressOf(first), "second") : null);
  }
  const [before, after] = [await queue.beside(row.id, -1), await queue.beside(row.id, 1)];
  const where = t.place(queue.rows.indexOf(row) + 1, queue.rows.length, queue.isWhole);
  const steps = h("span", { class: "case-steps" }, way(t.previous, before, "prev"), way(t.next, after, "next"));
  return h("nav", { class: "case-ways", "aria-label": where }, back, h("span", null, where), steps);
}

function way(label, row, rel) {
  if (!row) return h("span", { class: "no-way" }, label);
  const follow = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void go(row.id);
  };
  return h("a", { href: addressOf(row), rel, onclick: follow }, label);
}

function addressOf(row) {
  return `/verifikasi/pengajuan?id=${row.id}`;
}

// The request.

function caseOf(row) {
  return h("article", { class: "case" },
    h("section", { class: "case-data", "aria-labelledby": "pemohon" },
      h("h2", { id: "pemohon", tabindex: "-1" }, row.person.name),
      h("p", { class: "meaning" }, h("span", { class: "status info" }, row.kind_text), " ", texts.kinds[row.kind]),
      clashes(row.conflicts),
      data(row)),
    h("section", { class: "case-document", "aria-labelledby": "surat" },
      h("h2", { id: "surat", tabindex: "-1" }, t.document),
      decree(row)),
    h("section", { class: "case-decision", "aria-labelledby": "keputusan" },
      h("h2", { id: "keputusan", tabindex: "-1" }, t.decision),
      decision(row)));
}

function decree(row) {
  const fileName = t.fileName(row.person.name, row.role.id);
  return documentView({ id: row.document, title: t.document, fileName, open: matchMedia(BESIDE).matches });
}

function data(row) {
  const left = h("akses-countdown", { class: row.overdue ? "status bad" : "status waiting", until: row.deadline.at, past: true });
  return facts([
    [t.validUntil, h("strong", null, t.until(dayText(row.valid_until), zoneOf(row.submitted)))],
    [t.role, row.role.name],
    [t.workUnit, row.work_unit.name],
    [t.institution, row.institution.name],
    ...Object.entries(t.form).map(([name, label]) => [label, row.form[name]]),
    [t.submitted, moment(row.submitted)],
    [t.letter, row.collective && h("a", { href: `/kolektif/lihat?id=${row.collective.id}` }, t.letterLink(row.collective.name))],
    [t.historyLabel, h("a", { href: `/riwayat?akses=${row.access}` }, t.history)],
    [t.step, row.step?.text],
    [t.deadline, h("div", null, left, " ", deadline(row.deadline))],
  ]);
}

function clashes(conflicts) {
  if (!conflicts.length) return null;
  const isBlocked = conflicts.some((it) => it.blocks);
  const line = (it) => h("li", null, it.text, " ", h("span", { class: "source" }, t.source(it.source)));
  return h("div", { class: isBlocked ? "notice bad" : "notice warn" },
    h("p", null, h("strong", null, isBlocked ? t.clashBlocks : t.clash)),
    h("ul", null, conflicts.map(line)),
    isBlocked ? h("p", null, t.clashBlocksHelp) : null);
}

// The decision.

function decision(row) {
  const isBlocked = row.conflicts.some((it) => it.blocks);
  const byMeeting = row.kind === "registration" && row.form.profile === "supplier";
  return [
    byMeeting ? h("div", { class: "notice info" }, h("p", null, t.supplier, " ", h("a", { href: "/rapat/antrean" }, t.toMeetings))) : null,
    isBlocked ? h("p", null, t.notApprovable) : approval(row),
    refusal(row),
  ];
}

function approval(row) {
  const asked = row.valid_until;
  const attested = field({ name: "attested", label: t.attest(plainDay(asked)), kind: "checkbox" });
  attested.missing = t.attestMissing;
  const help = t.earlierHelp(plainDay(asked));
  const until = field({ name: "valid_until", label: t.earlierLabel, kind: "date", required: false, help, attrs: { max: asked } });
  const earlier = h("details", { class: "case-earlier" }, h("summary", null, t.earlier), until);
  const approve = form({
    label: t.approve,
    fields: [attested, until],
    submit: t.approve,
    asks: false,
    onsubmit: ({ valid_until }) => decide(row, { decision: "approve", attested: true, valid_until: valid_until || null }),
  });
  attested.after(earlier);
  earlier.append(until);
  // Another date is another statement.
  until.addEventListener("change", () => {
    attested.querySelector("label").textContent = t.attest(plainDay(until.value || asked));
    attested.value = false;
  });
  const { show: showProblems } = approve;
  approve.show = (problems) => {
    showProblems(problems);
    if (until.problem) earlier.open = true;
  };
  return approve;
}

function refusal(row) {
  const choices = Object.entries(t.fields).filter(([name]) => name in ALWAYS_ASKED || row.form[name]).map(([value, text]) => ({ value, text }));
  const about = field({ name: "field", label: t.field, kind: "select", required: false, help: t.fieldHelp, choices });
  const reject = ({ reason, field: named }) => decide(row, { decision: "reject", reason, field: named || null });
  return rejection({ person, id: row.id, title: t.rejectOpen, submit: t.reject, fields: [about], decide: reject });
}

/** What every form asks; other fields are offered where they were filled in. */
const ALWAYS_ASKED = { document: true, valid_until: true, role: true, work_unit: true };

/** Decides, and goes on to the next request. */
async function decide(row, body) {
  try {
    await send("POST", `/api/requests/${row.id}/decision`, body, { intent: `putus ${row.id}` });
  } catch (error) {
    if (error.slug === "already-decided" || error.slug === "no-longer-waiting" || error.status === 404) return showSettled(row, error);
    throw error;
  }
  const told = (body.decision === "approve" ? texts.approved : texts.rejected)(row.person.name, row.role.name);
  const next = await queue.drop(row.id);
  if (next) return go(next.id, told);
  tellNextPage(told);
  leaveTo(QUEUE_PAGE);
}

/** Somebody was quicker: what stands, since when and by whose office, as the record has it. */
async function showSettled(row, error) {
  const stands = await decisionOf(row.access);
  const next = await queue.drop(row.id);
  const told = h("div", { class: "notice info", role: "alert" },
    h("p", null, h("strong", null, t.settled)),
    h("p", null, stands ? t.settledBy(stands.text, stands.at.text, stands.by) : error.message),
    h("p", null, t.settledHelp));
  const on = next ? actionButton(t.goOn, () => go(next.id)) : linkButton(t.toQueue, QUEUE_PAGE);
  fill(place.querySelector(".case-decision"), h("h2", { id: "keputusan", tabindex: "-1" }, t.decision), told, h("div", { class: "actions" }, on));
  on.focus();
  // Nothing was sent, and what was typed may still be of use.
  return false;
}

async function decisionOf(access) {
  const { events } = await get(`/api/accesses/${access}/history`).catch(() => ({ events: [] }));
  return events.filter((it) => it.kind === "approved" || it.kind === "rejected").at(-1);
}

// By keyboard.

function keys() {
  const walk = (step) => async () => {
    const row = await queue.beside(shownId, step);
    if (row) await go(row.id);
  };
  const focus = (selector) => () => place.querySelector(selector)?.focus();
  const toReason = () => {
    const details = place.querySelector(".case-reject");
    if (!details) return;
    details.open = true;
    details.querySelector("textarea").focus();
  };
  return shortcuts([
    { key: "j", text: t.keys.next, run: walk(1) },
    { key: "k", text: t.keys.previous, run: walk(-1) },
    { key: "d", text: t.keys.document, run: focus("#surat") },
    { key: "s", text: t.keys.approve, run: focus(".case-decision input[type=checkbox]") },
    { key: "t", text: t.keys.reject, run: toReason },
    { key: "u", text: t.keys.queue, run: () => leaveTo(QUEUE_PAGE) },
  ]);
}
