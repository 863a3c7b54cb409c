// Pengaturan > Informasi Instansi/Perusahaan: every access with all that is known of it, and what can be
// done with it (reactivation guide, steps 1 to 3, 6 and 7; deactivation letter, numbers 2 and 3).

import { about, anchor, due, lastDay, places, readAccesses } from "/js/accesses.js";
import "/js/countdown.js";
import { fill, h } from "/js/dom.js";
import { news, start } from "/js/page.js";
import { accesses as texts } from "/js/texts/accesses.js";
import { badge, facts, linkButton, moment, notice, pagedList, statusSentence } from "/js/ui.js";

const t = texts.institutions;
const { buttons } = texts.access;

const PAGE_SIZE = 20;

start(async ({ content }) => {
  const told = news();
  const list = pagedList({ load: (cursor) => readAccesses(cursor, PAGE_SIZE), row: card, empty: nothing(), label: t.label });
  await list.ready;
  fill(content, told ? notice("good", h("p", null, told)) : null, list);
  showNamed();
});

function nothing() {
  return [t.empty, h("p", { class: "actions" }, linkButton(buttons.connect, "/daftar-akses"))];
}

/** An address with `#akses-…` was written before the list was drawn. */
function showNamed() {
  const named = location.hash.startsWith("#akses-") && document.getElementById(location.hash.slice(1));
  if (!named) return;
  named.classList.add("named");
  named.scrollIntoView({ block: "start" });
  named.querySelector("h2").focus({ preventScroll: true });
}

function card(access) {
  const heading = h("h2", { tabindex: "-1" }, access.role.name);
  const place = h("p", { class: "access-place" }, texts.access.place(access));
  return h("li", { class: "card access", id: anchor(access.id) },
    heading,
    place,
    access.request && access.status === "expired" ? h("p", { class: "meaning" }, badge(access), " ", t.overWaits) : statusSentence(access),
    dates(access),
    waiting(access),
    rejection(access),
    h("p", { class: "next" }, h("strong", null, `${t.next}: `), nextText(access)),
    h("p", { class: "actions" }, about([heading, place], actions(access))));
}

function dates(access) {
  if (!access.valid_until) return null;
  if (access.status !== "active") return facts([[access.status === "inactive" ? t.untilEnded : t.until, lastDay(access)]]);
  const isNear = access.next_steps.includes("extend") || access.request?.kind === "extension";
  return facts([
    [t.until, lastDay(access)],
    [t.ends, moment(access.ends)],
    [t.left, isNear ? h("akses-countdown", { until: access.ends.at }) : null],
  ]);
}

/** What waits, until when, and how that came about (VER-3). */
function waiting(access) {
  const { request } = access;
  if (!request) return null;
  const isMet = access.next_steps.includes("meet");
  return h("section", { class: "request" },
    h("h3", null, t.requestTitle(request.kind)),
    facts([
      [t.submitted, moment(request.submitted)],
      [t.wanted, lastDay(access, request.valid_until)],
      [t.filedBy, request.filed_by ? t.filedByText(request.filed_by.name) : null],
      [t.deadline, due(request)],
    ]),
    request.overdue && !isMet ? notice("info", h("p", null, t.overdue)) : null);
}

function rejection(access) {
  if (!access.rejection) return null;
  const named = access.rejection_field ? h("p", null, t.rejectionAbout(texts.access.field(access.rejection_field))) : null;
  return h("section", { class: "rejection" }, h("h3", null, t.rejectionTitle), h("blockquote", null, access.rejection), named);
}

/** The first step is the one that matters, but a request that waits is said before what goes on. */
function nextText(access) {
  const steps = access.next_steps;
  if (access.request && access.status === "active") return t.steps["wait-active"];
  return steps.includes("extend") ? t.steps.extend : t.steps[steps[0]];
}

/** Buttons in the order in which they matter; the guide's names. */
function actions(access) {
  const can = (step) => access.next_steps.includes(step);
  const isOver = access.status === "expired" || access.status === "inactive";
  return [
    can("meet") && linkButton(buttons.meet, places.meeting(access.request.id), "main"),
    can("register-again") && linkButton(buttons.registerAgain, places.registerAgain(access), "main"),
    can("reactivate") && linkButton(buttons.reactivate, places.renew(access.id), "main"),
    can("extend") && linkButton(buttons.extend, places.renew(access.id), "main"),
    can("enter") && linkButton(buttons.platform, "/platform", "second"),
    can("deactivate") && linkButton(buttons.deactivate, places.end(access.id), "danger"),
    isOver && linkButton(buttons.handover, places.end(access.id), "second"),
    linkButton(buttons.history, places.history(access.id), "quiet"),
    access.status !== "active" && linkButton(buttons.why, places.why(access.id), "quiet"),
  ];
}
