// One collective letter: its author strikes what is wrong and files the rest; its verifier decides
// all that waits, or opens one request. Row by row the table says how each stands.

import { ApiProblem, get, send } from "/js/api.js";
import "/js/countdown.js";
import { plainDay, zoneOf } from "/js/dates.js";
import { documentView } from "/js/document.js";
import { fill, h, query } from "/js/dom.js";
import { field, form } from "/js/form.js";
import { rememberLetter } from "/js/letters.js";
import { start } from "/js/page.js";
import { Queue } from "/js/queue.js";
import { rejection } from "/js/rejection.js";
import { verification as texts } from "/js/texts/verification.js";
import { actionButton, announce, deadline, facts, linkButton, moment, notice, table } from "/js/ui.js";

const t = texts.letters;

const BESIDE = "(min-width: 68rem)";

const TONES = { ready: "active", wrong: "bad", struck: "ended", waiting: "waiting", approved: "active", rejected: "bad", left: "waiting" };

const parts = { told: h("div"), head: h("div"), act: h("div"), rows: h("div", { class: "letter-rows" }) };
let person = null;
/** What the queue knows of each request that waits for this verifier, by its id. */
const waiting = new Map();

start(async ({ me }) => {
  person = me;
  const letter = await letterOf(query("id"));
  if (!letter) return [notice("info", h("p", null, t.missing)), h("p", { class: "actions" }, ways())];
  if (isAuthor(letter)) rememberLetter(me, letter);
  else await readQueue(letter);
  draw(letter);
  return h("article", { class: "case letter" },
    h("section", { class: "case-data", "aria-labelledby": "surat-ini" },
      h("h2", { id: "surat-ini", tabindex: "-1" }, t.of(letter.institution.name)),
      parts.told,
      parts.head,
      parts.act),
    h("section", { class: "case-document", "aria-labelledby": "pdf" }, h("h2", { id: "pdf" }, t.letter), paper(letter)),
    h("section", { class: "case-decision" }, parts.rows));
});

/** None when there is no such letter for this person. */
async function letterOf(id) {
  try {
    return id ? await get(`/api/collective/${encodeURIComponent(id)}`) : null;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

function ways() {
  return [
    person.is_verifier ? linkButton(texts.request.toQueue, "/verifikasi", "second") : null,
    person.duties.includes("ukpbj-head") ? linkButton(t.knownAll, "/kolektif", "second") : null,
  ];
}

function paper(letter) {
  const fileName = t.letterFile(letter.institution.name);
  return documentView({ id: letter.document, title: t.letter, fileName, open: matchMedia(BESIDE).matches });
}

function isAuthor(letter) {
  return letter.filed_by.id === person.id;
}

/** Deadlines and clashes stand in the queue, not in the letter. */
async function readQueue(letter) {
  const queue = new Queue();
  for (const row of letter.rows.filter((it) => stateOf(it, letter) === "waiting")) {
    const found = await queue.find(row.request.id);
    if (found) waiting.set(found.id, found);
  }
}

function draw(letter, told) {
  const by = (state) => letter.rows.filter((row) => stateOf(row, letter) === state);
  fill(parts.told, told ? notice("good", h("p", null, told)) : null);
  fill(parts.head, head(letter, by));
  fill(parts.act, isAuthor(letter) ? authorsPart(letter, by) : verifiersPart(letter, by));
  fill(parts.rows, rowsOf(letter));
  if (told) announce(told);
}

function stateOf(row, letter) {
  if (row.struck) return "struck";
  if (row.request) return row.request.state;
  if (letter.state === "filed") return "left";
  return row.errors.length ? "wrong" : "ready";
}

function head(letter, by) {
  const [word, meaning] = t.states[letter.state];
  const counts = Object.keys(t.counts).map((state) => [state, by(state).length]).filter(([, n]) => n);
  return [
    h("p", { class: "meaning" }, h("span", { class: letter.state === "draft" ? "status waiting" : "status info" }, word), " ", meaning),
    h("p", { class: "letter-counts" }, counts.map(([state, n]) => h("span", { class: `status ${TONES[state]}` }, t.counts[state](n)))),
    facts([
      [t.checked, moment(letter.checked)],
      [t.filedBy, letter.filed_by.name],
      [t.deadline, nearest(by("waiting"))],
    ]),
  ];
}

function nearest(rows) {
  const known = rows.map((row) => waiting.get(row.request.id)).filter(Boolean);
  if (!known.length) return null;
  const next = known.reduce((a, b) => (Date.parse(b.deadline.at) < Date.parse(a.deadline.at) ? b : a));
  const left = h("akses-countdown", { class: next.overdue ? "status bad" : "status waiting", until: next.deadline.at, past: true });
  return h("div", null, left, " ", deadline(next.deadline));
}

// The rows.

function rowsOf(letter) {
  const isDraft = isAuthor(letter) && letter.state === "draft";
  const columns = [
    { title: t.line, cell: (row) => String(row.line), number: true },
    { title: t.person, cell: (row) => personOf(row) },
    { title: t.state, cell: (row) => resultOf(row, letter, isDraft) },
  ];
  return table({ caption: t.caption(letter.rows.length, zoneOf(letter.checked)), columns, rows: letter.rows });
}

function personOf(row) {
  const at = t.at(row.role?.name ?? t.noRole, row.work_unit?.name ?? t.noUnit);
  const until = row.valid_until && t.until(plainDay(row.valid_until));
  return [h("strong", null, row.person?.name ?? nameless(row)), h("p", { class: "queue-line" }, [at, until].filter(Boolean).join(", "))];
}

/** Whom this institution does not know yet has no name here, but may well be filed. */
function nameless({ errors }) {
  return errors.some((it) => it.field === "email") ? t.unknown : t.unknownHere;
}

function resultOf(row, letter, isDraft) {
  const state = stateOf(row, letter);
  const strike = () => strikeLines(letter, [row.line]);
  const waits = state === "waiting" ? waiting.get(row.request.id) : null;
  return [
    h("span", { class: `status ${TONES[state]}` }, t.rowStates[state]),
    row.struck ? null : row.errors.map(errorLine),
    waits?.conflicts.map((it) => h("p", { class: it.blocks ? "letter-error" : "queue-line" }, it.text)),
    row.note ? h("p", { class: "letter-error" }, row.note) : null,
    isDraft && !row.struck ? actionButton(t.strike, strike, { kind: "quiet", "aria-label": t.strikeLabel(row.line) }) : null,
    waits ? h("p", null, h("a", { href: `/verifikasi/pengajuan?id=${waits.id}`, "aria-label": t.open(waits.person.name) }, t.openShort)) : null,
  ];
}

/** By the column of the file, as the file calls it. */
function errorLine({ field: column, detail }) {
  return h("p", { class: "letter-error" }, h("code", null, t.columns[column] ?? column), " ", detail);
}

// Who filed it.

function authorsPart(letter, by) {
  if (letter.state === "draft") return letter.ready ? filing(letter, by("ready").length) : repair(letter, by);
  const left = by("left");
  if (!left.length) return h("p", { class: "actions" }, linkButton(t.knownAll, "/kolektif", "second"));
  return [h("h3", null, t.leftTitle), h("p", null, t.leftHelp), progressButton(t.again(left.length), (say) => file(letter, say))];
}

function repair(letter, by) {
  const wrong = by("wrong").map((row) => row.line);
  if (!wrong.length) return [notice("info", h("p", null, t.allStruck)), h("p", { class: "actions" }, linkButton(t.uploadAgain, "/kolektif"))];
  return [
    h("h3", null, t.wrongTitle),
    h("p", null, t.wrongHelp),
    h("div", { class: "actions" },
      actionButton(t.strikeWrong(wrong.length), () => strikeLines(letter, wrong)),
      linkButton(t.uploadAgain, "/kolektif", "second")),
  ];
}

async function strikeLines(letter, lines) {
  const changed = await send("POST", `/api/collective/${letter.id}/strike`, { lines }, { intent: `coret ${letter.id}` });
  draw(changed, t.struckDone(lines.length));
  document.getElementById("surat-ini").focus();
}

function filing(letter, count) {
  const confirmed = field({ name: "confirmed", label: t.confirm, kind: "checkbox" });
  confirmed.missing = t.confirmMissing;
  const say = h("p", { role: "status" });
  const onsubmit = () => file(letter, (text) => (say.textContent = text));
  return [h("h3", null, t.fileTitle), form({ label: t.fileTitle, fields: [confirmed], submit: t.submit(count), extra: say, asks: false, onsubmit })];
}

async function file(letter, say) {
  const filed = await untilDone(`/api/collective/${letter.id}/filing`, { confirmed: true }, `ajukan ${letter.id}`, say);
  const count = filed.rows.filter((row) => row.request).length;
  draw(filed, t.filed(count));
  document.getElementById("surat-ini").focus();
}

/** A long letter takes more than one request; each goes on where the last one stopped. */
async function untilDone(path, body, intent, say) {
  for (;;) {
    const letter = await send("POST", path, body, { intent });
    if (letter.done) return letter;
    const open = letter.rows.filter((row) => !row.struck && (!row.request || (row.request.state === "waiting" && path.endsWith("decision"))));
    say(t.working(letter.rows.length - open.length, letter.rows.length));
  }
}

function progressButton(label, action) {
  const say = h("p", { role: "status" });
  return h("div", { class: "actions" }, actionButton(label, () => action((text) => (say.textContent = text))), say);
}

// Who verifies it.

function verifiersPart(letter, by) {
  const count = by("waiting").length;
  if (!count) return h("p", { class: "actions" }, ways());
  const attested = field({ name: "attested", label: t.attest, kind: "checkbox" });
  attested.missing = texts.request.attestMissing;
  const say = h("p", { role: "status" });
  const decide = (body) => decideAll(letter, body, (text) => (say.textContent = text));
  const onsubmit = () => decide({ decision: "approve", attested: true });
  const approve = form({ label: t.decide, fields: [attested], submit: t.approveAll(count), asks: false, onsubmit });
  const reject = ({ reason }) => decide({ decision: "reject", reason });
  return [
    h("h3", null, t.decide),
    h("p", null, t.decideHelp(count)),
    approve,
    rejection({ person, id: letter.id, title: t.rejectAllOpen, submit: t.rejectAll(count), decide: reject }),
    say,
  ];
}

async function decideAll(letter, body, say) {
  const before = letter.rows.filter((row) => row.request?.state === "waiting").length;
  const decided = await untilDone(`/api/collective/${letter.id}/decision`, body, `putus surat ${letter.id}`, say);
  const left = decided.rows.filter((row) => row.request?.state === "waiting").length;
  draw(decided, [t.decided(before - left), left ? t.notDecided(left) : ""].filter(Boolean).join(" "));
  document.getElementById("surat-ini").focus();
}
