// Nonaktifkan, and who carries on what is not finished: at the end (EXP-1, EXP-6), or after it.
// (Deactivation letter, numbers 1 and 2.)

import { ApiProblem, get, send } from "/js/api.js";
import { accessChoice, accessHead, allAccesses, places } from "/js/accesses.js";
import { fill, h, query } from "/js/dom.js";
import { localDraft } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { PACKAGES_MAX } from "/js/packages.js";
import { start } from "/js/page.js";
import { accesses as texts } from "/js/texts/accesses.js";
import { actionButton, badge, dialog, linkButton, notice } from "/js/ui.js";

const t = texts.ending;
const { buttons } = texts.access;

start(async ({ me, content }) => {
  const all = await allAccesses();
  const access = all.find((it) => it.id === query("akses"));
  if (!access) return choice(all);
  const draft = localDraft(me, `nonaktifkan:${access.id}`);
  if (access.next_steps.includes("deactivate")) await showEnding(content, access, draft);
  else if (isOver(access)) await showAfter(content, access, draft);
  else return [accessHead(access), notice("info", h("p", null, t.notActive(access.status_text))), back(access)];
});

function isOver(access) {
  return access.status === "inactive" || access.status === "expired";
}

function choice(all) {
  const isUnknown = Boolean(query("akses"));
  return accessChoice({
    title: isUnknown ? texts.access.notFoundTitle : t.chooseTitle,
    text: isUnknown ? texts.access.notFound : null,
    accesses: all.filter((access) => access.next_steps.includes("deactivate")),
    href: places.end,
    empty: t.chooseNone,
  });
}

function back(access) {
  return h("p", { class: "actions" }, linkButton(texts.access.toList, places.list(access.id), "second"));
}

// What is open, and who carries on: the same questions before and after the end.

async function handoverForm({ access, draft, submit, kind, onsubmit }) {
  const { successors } = await get(`/api/accesses/${access.id}/successors`);
  const kinds = Object.keys(t.kinds).filter((it) => it !== "successor" || successors.length);
  const open = field({
    name: "kind", label: t.open, kind: "radio",
    choices: kinds.map((value) => ({ value, text: t.kinds[value], help: t.kindHelp[value] })),
  });
  const successor = field({
    name: "successor", label: t.successor, kind: "select", help: t.successorHelp,
    choices: successors.map((it) => ({ value: it.account, text: t.candidate(it) })),
  });
  open.missing = t.openMissing;
  successor.missing = t.successorMissing;
  const list = document.createElement("akses-packages");
  const packages = field({ name: "packages", label: t.packages, help: t.packagesHelp, element: list, check: () => list.slip });
  const payment = h("p", { class: "help payment" }, t.payment);
  packages.append(payment);
  const whole = form({
    label: submit,
    fields: [open, successor, packages],
    submit, kind, draft,
    names: Object.fromEntries([["handover.successor", "successor"], ["handover.packages", "packages"], ...rowNames()]),
    onsubmit: (values) => onsubmit(handoverOf(values), successors),
  });
  const arrange = () => {
    successor.hidden = open.value !== "successor";
    packages.hidden = !open.value || open.value === "none-open";
    list.optional = open.value === "successor";
    payment.hidden = !list.value?.some((it) => it.handed_over);
  };
  whole.addEventListener("change", arrange);
  arrange();
  return [successors.length ? null : h("p", { class: "help" }, t.noSuccessors), whole];
}

/** The service names a row's field; here the list is one field. */
function rowNames() {
  const names = (_, at) => [`handover.packages[${at}].title`, `handover.packages[${at}].code`];
  return Array.from({ length: PACKAGES_MAX }, names).flat().map((name) => [name, "packages"]);
}

function handoverOf({ kind, successor, packages }) {
  if (kind === "none-open") return { kind };
  return kind === "successor" ? { kind, successor, packages: packages ?? [] } : { kind, packages };
}

// At the end.

async function showEnding(content, access, draft) {
  const questions = await handoverForm({
    access, draft, submit: t.submit, kind: "danger",
    onsubmit: async (handover, successors) => {
      const ended = await confirmed(access, handover, successors);
      if (!ended) return false;
      showDone(content, { ...access, ...ended, role: access.role, work_unit: access.work_unit }, t.done, t.doneNext);
      return true;
    },
  });
  fill(content,
    accessHead(access),
    notice("info", h("p", null, t.immediately), access.request ? h("p", null, t.extensionWaits) : null),
    questions);
}

/** Asks, and then ends; null when the person thought better of it. */
async function confirmed(access, handover, successors) {
  const address = `/api/accesses/${access.id}/deactivation`;
  const end = (more = {}) => send("POST", address, { handover, ...more }, { intent: `nonaktifkan:${access.id}` });
  const answer = await dialog({
    title: t.confirmTitle,
    body: h("div", null, h("p", null, t.confirm(access)), h("p", null, confirmText(handover, successors))),
    actions: [{ label: t.confirmButton, kind: "danger", run: () => end().catch(lastVerifier) }],
  });
  return answer === LAST_VERIFIER ? askLastVerifier(() => end({ last_verifier_acknowledged: true })) : answer;
}

const LAST_VERIFIER = "last-verifier";

/** The last VAI of an institution is asked before, not stopped. */
function lastVerifier(error) {
  if (error instanceof ApiProblem && error.slug === LAST_VERIFIER) return LAST_VERIFIER;
  throw error;
}

function askLastVerifier(end) {
  return dialog({
    title: t.lastTitle,
    body: h("div", null, h("p", null, t.last), h("p", null, t.lastAdvice)),
    actions: [{ label: t.lastButton, kind: "danger", run: end }],
    cancel: t.lastCancel,
  });
}

function confirmText({ kind, successor, packages = [] }, successors) {
  if (kind === "none-open") return t.confirmNone;
  if (kind === "unassigned") return t.confirmUnassigned(packages.length);
  return t.confirmSuccessor(successors.find((it) => it.account === successor)?.name, packages.length);
}

// After it.

async function showAfter(content, access, draft) {
  const recorded = await recordedText(access);
  const questions = await handoverForm({
    access, draft, submit: t.afterSubmit, kind: "main",
    onsubmit: async (handover) => {
      const address = `/api/accesses/${access.id}/handover`;
      const named = await send("POST", address, { handover }, { intent: `serah:${access.id}` }).catch(settledBefore);
      const next = handover.kind === "successor" ? t.afterDoneNext : null;
      if (named) showDone(content, { ...access, reminder: named.reminder }, t.afterDone, next);
      else fill(content, accessHead(access), notice("good", h("p", null, t.afterSettled)), back(access));
    },
  });
  const place = h("div", null, questions);
  // What was settled needs no more questions; what was left to others may still be answered.
  const ask = () => fill(place, questions).querySelector("input").focus();
  if (recorded) fill(place, actionButton(t.recordedButton, ask, { kind: "second" }));
  fill(content,
    accessHead(access),
    h("h2", { class: "first" }, t.afterTitle),
    h("p", null, t.after),
    recorded ? notice("info", h("p", null, h("strong", null, `${t.recorded}: `), recorded)) : null,
    place);
}

/** Nothing is left to say where somebody has said it. */
function settledBefore(error) {
  if (error instanceof ApiProblem && error.slug === "handover-named") return null;
  throw error;
}

/** What was said about it last, from the record. */
async function recordedText(access) {
  const { events } = await get(`/api/accesses/${access.id}/history`);
  return events.findLast((event) => ["deactivated", "handover-named"].includes(event.kind))?.text;
}

function showDone(content, access, title, next) {
  const heading = h("h2", { class: "first", tabindex: "-1" }, title);
  fill(content,
    h("section", { class: "card done" },
      heading,
      h("p", null, h("strong", null, texts.access.whole(access)), " ", badge(access)),
      next ? h("p", null, next) : null),
    access.reminder ? notice("info", h("p", null, access.reminder)) : null,
    h("p", { class: "actions" },
      linkButton(texts.access.toList, places.list(access.id)),
      linkButton(buttons.history, places.history(access.id), "second")));
  heading.focus();
}
