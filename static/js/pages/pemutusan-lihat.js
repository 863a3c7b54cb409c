// One national cut-off: its letter, the dry run while it is planned, its progress while it runs, its
// report when it is done, and what can still be changed (EXP-4).

import { ApiProblem, get, send } from "/js/api.js";
import { barTable } from "/js/chart.js";
import { letterFacts, notYours, stateSentence } from "/js/dashboard/cut-off.js";
import { fill, h, query } from "/js/dom.js";
import { field } from "/js/form.js";
import { news, start } from "/js/page.js";
import { cutOffs as t } from "/js/texts/cut-offs.js";
import { actionButton, announce, dialog, facts, linkButton, moment, notice, problemNotice } from "/js/ui.js";

/** Institutions that a table begins with, so that the first view is light, and of each page after them. */
const FIRST_ROWS = 10;
const PAGE_ROWS = 50;

/** How often a run that is under way is asked about. */
const RUNNING_MS = 5_000;

/** After its last access, while later zones still have to come. */
const WAITING_MS = 60_000;

/** As the service has it. */
const REASON_CHARS_MAX = 1_000;

const id = query("id");
const path = `/api/cut-offs/${encodeURIComponent(id)}`;

const read = (what, after) => get(`${path}/${what}?${after ? `limit=${PAGE_ROWS}&after=${encodeURIComponent(after)}` : `limit=${FIRST_ROWS}`}`);

start(async ({ me, content }) => {
  const refused = notYours(me);
  if (refused) return refused;
  const told = news();
  const draw = async (text, kind = "good") => {
    const report = await readReport();
    if (!report) return fill(content, notice("bad", h("p", null, t.unknown)), backLink());
    const names = await namesOf(report.cut_off.scope);
    fill(content, backLink(), text ? notice(kind, text) : null, ...(await drawn(report, names, draw)));
  };
  await draw(told);
});

async function namesOf(scope) {
  if (scope.kind !== "institutions") return [];
  const { institutionsByCode } = await import("/js/institution-names.js");
  return institutionsByCode(scope.codes);
}

/** Null when there is none of this id. */
async function readReport() {
  try {
    return await read("report");
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

function backLink() {
  return h("p", null, h("a", { href: "/pemutusan" }, t.back));
}

async function drawn(report, names, redraw) {
  const { cut_off: cutOff, progress } = report;
  const letter = h("section", { class: "card" },
    h("h2", null, t.letter(cutOff.letter_number)),
    stateSentence(progress),
    progress === "withdrawn" ? null : h("p", null, cutOff.text),
    letterFacts(cutOff, names),
    cutOff.changeable ? changes(cutOff, redraw) : null,
  );
  if (progress === "withdrawn") return [letter];
  return [letter, progress === "planned" ? await preview(redraw) : await reportSection(report, redraw)];
}

// What can still be changed.

function changes(cutOff, redraw) {
  return h("div", { class: "actions" },
    linkButton(t.change, `/pemutusan/surat?id=${encodeURIComponent(cutOff.id)}`, "second"),
    actionButton(t.withdraw, () => withdraw(cutOff, redraw), { kind: "danger" }),
  );
}

async function withdraw(cutOff, redraw) {
  const { counted } = await import("/js/counted.js");
  const reason = counted(field({ name: "reason", label: t.withdrawal.reason, kind: "textarea", help: t.withdrawal.reasonHelp }), REASON_CHARS_MAX);
  const outcome = await dialog({
    title: t.withdrawal.title(cutOff.letter_number),
    body: h("div", { class: "form" }, h("p", null, t.withdrawal.body), reason),
    actions: [{ label: t.withdrawal.go, kind: "danger", run: () => sendWithdrawal(cutOff, reason) }],
  });
  if (outcome === "done") await redraw(t.withdrawn);
  else if (outcome) await redraw(outcome, "info");
}

/** `done`, a text when somebody else was first, or `false` while the reason is not good. */
async function sendWithdrawal(cutOff, reason) {
  const wrong = (text) => {
    reason.problem = text;
    reason.focusInput();
    return false;
  };
  if (reason.isEmpty) return wrong(t.withdrawal.missing);
  try {
    await send("POST", `${path}/withdrawal`, { reason: reason.value }, { intent: `tarik ${id}`, ifMatch: String(cutOff.version) });
    return "done";
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 412) return t.stale;
    if (error.status === 409) return error.message;
    if (!error.fields.length) throw error;
    return wrong(error.fields[0].detail);
  }
}

// While it is planned: the dry run.

async function preview(redraw) {
  const body = h("div");
  const draw = async () => {
    const first = await read("preview");
    if (!first.cut_off.changeable) return redraw();
    if (!first.accesses) return fill(body, h("p", null, t.preview.none));
    const row = (it) => ({ label: it.institution.name, hint: `${it.code} · ${it.zone}`, value: it.accesses, tone: "ended", item: it });
    const columns = [{ title: t.preview.waiting, number: true, cell: ({ item }) => item.waiting.toLocaleString("id-ID") }];
    const summary = t.preview.summary(first.accesses, first.waiting);
    fill(body, h("p", { class: "chart-summary" }, summary), growingTable(first, "preview", { caption: t.preview.caption, valueTitle: t.preview.value, columns, row }));
    return summary;
  };
  await draw();
  const again = async () => announce((await draw()) ?? t.preview.none);
  return h("section", { class: "card" },
    h("h2", null, t.preview.title),
    body,
    h("p", { class: "help" }, t.preview.help),
    h("div", { class: "actions" }, actionButton(t.preview.again, again, { kind: "second" })),
  );
}

// While it runs, and after: progress and report.

async function reportSection(first, redraw) {
  const progress = h("div");
  const table = h("div");
  const whole = h("section", { class: "card" }, h("h2", null, t.report.title), progress, table);
  if (first.progress === "complete") {
    fill(progress, outcome(first));
    const ended = endedTable(first);
    const printAll = async () => {
      await ended?.all();
      print();
    };
    fill(table, ended, h("div", { class: "actions" }, actionButton(t.print, printAll, { kind: "second" })));
    return whole;
  }
  const { follow, lineState } = await import("/js/live.js");
  const line = lineState();
  const bar = h("progress", { class: "wide", "aria-label": t.report.progress });
  const said = h("p", { role: "status" });
  const counted = h("div");
  fill(progress, line, bar, said, counted);
  let shown = -1;
  const show = (report) => {
    if (report.progress !== "running") {
      void redraw(report.progress_text);
      return null;
    }
    bar.max = Math.max(1, report.ended + report.left);
    bar.value = report.ended;
    if (said.textContent !== report.progress_text) said.textContent = report.progress_text;
    if (report.ended !== shown) {
      fill(counted, counts(report));
      fill(table, endedTable(report));
      shown = report.ended;
    }
    return report.left ? RUNNING_MS : WAITING_MS;
  };
  follow({ ask: (signal) => get(`${path}/report?limit=${FIRST_ROWS}`, { signal }), show, first, line: line.say, failed: (error) => fill(progress, problemNotice(error, redraw)) });
  return whole;
}

function outcome(report) {
  return [h("p", { class: "chart-summary" }, report.ended ? t.report.summary(report.ended) : t.report.nobody), counts(report)];
}

function counts({ ended, left, completed, requests }) {
  return [
    facts([[t.report.ended, ended.toLocaleString("id-ID")], [t.report.stillLeft, left ? left.toLocaleString("id-ID") : null], [t.report.completed, completed ? moment(completed) : null]]),
    requests.pending_at_cut_off
      ? [
          h("h3", null, t.report.requests),
          facts([[t.report.pending, requests.pending_at_cut_off], [t.report.approved, requests.approved], [t.report.rejected, requests.rejected], [t.report.waiting, requests.waiting]].map(([name, n]) => [name, n.toLocaleString("id-ID")])),
        ]
      : null,
  ];
}

function endedTable(report) {
  if (!report.institutions.length) return report.progress === "complete" ? null : h("p", null, t.report.none);
  const row = (it) => ({ label: it.institution.name, hint: `${it.code} · ${it.zone}`, value: it.ended, tone: "ended", item: it });
  const columns = [
    { title: t.report.requestsOf, cell: ({ item }) => requestsText(item.requests) },
    { title: t.report.last, cell: ({ item }) => moment(item.last) },
  ];
  return growingTable(report, "report", { caption: t.report.caption, valueTitle: t.report.ended, columns, row });
}

/** What became of those that waited, without what is none. */
function requestsText({ approved, rejected, waiting }) {
  const parts = [[approved, t.report.nowApproved], [rejected, t.report.nowRejected], [waiting, t.report.nowWaiting]];
  return parts.filter(([n]) => n).map(([n, text]) => text(n)).join(", ") || "–";
}

/** A table with bars that grows page by page; `first` is the first page of `what`. `all()` on the result reads the rest. */
function growingTable(first, what, { caption, valueTitle, columns, row }) {
  const whole = h("div");
  const items = [...first.institutions];
  let next = first.next;
  const grow = async () => {
    const page = await read(what, next);
    items.push(...page.institutions);
    next = page.next;
    draw();
    return page.institutions.length;
  };
  const more = async () => {
    const added = await grow();
    announce(t.table.moreDone(added));
    whole.querySelector(`tbody tr:nth-child(${items.length - added + 1}) th`)?.focus();
  };
  const draw = () => {
    fill(whole,
      barTable({ caption, labelTitle: t.table.institution, valueTitle, rows: items.map(row), columns }),
      next ? h("div", { class: "list-foot" }, h("p", { class: "help" }, t.table.shown(items.length)), actionButton(t.table.more, more, { kind: "second" })) : null,
    );
    for (const head of whole.querySelectorAll("tbody th")) head.tabIndex = -1;
  };
  whole.all = async () => {
    while (next) await grow();
  };
  draw();
  return whole;
}
