// Step 4: it is sent. What happens next and until when; the page follows the decision by itself.

import { allAccesses, lastDay } from "/js/accesses.js";
import { get } from "/js/api.js";
import { h } from "/js/dom.js";
import { follow, markTitle, redraw } from "/js/live.js";
import { registration as texts } from "/js/texts/registration.js";
import { announce, deadline, facts, linkButton, moment, notice, statusSentence } from "/js/ui.js";

const t = texts.result;

/** How often the decision is looked for; a verifier has three days. */
const LOOK_AGAIN_MS = 20_000;

/** Roles that the nation verifies, and no institution. */
const NATIONAL_ROLES = new Set(["VAI"]);

export async function resultStep(wizard, { sent }) {
  const ask = async () => {
    const access = (await allAccesses()).find((it) => it.id === sent);
    const meets = access?.next_steps.includes("meet");
    return { access, meeting: meets ? await get(`/api/requests/${access.request.id}/meeting`) : null };
  };
  const first = await ask();
  if (!first.access) return { title: t.goneTitle, nodes: [notice("info", h("p", null, t.gone)), links(first)] };
  const body = h("div", null, draw(wizard, first));
  wizard.live = follow({ ask, show: changes(wizard, body, first), failed: console.error, first });
  return { title: heading(first.access), nodes: [body] };
}

/** Draws what is new, and only that: who has opened the derivation is reading it. */
function changes(wizard, body, drawn) {
  return (answer) => {
    const { access } = answer;
    if (!access) return null;
    if (JSON.stringify(answer) !== JSON.stringify(drawn)) redraw(body, draw(wizard, answer));
    if (access.status !== drawn.access.status) {
      announce(heading(access));
      markTitle(heading(access));
      wizard.heading.textContent = heading(access);
    }
    drawn = answer;
    return access.request ? LOOK_AGAIN_MS : null;
  };
}

function heading({ status }) {
  if (status === "active") return t.approved;
  if (status === "rejected") return t.rejected;
  return status === "pending" ? t.title : t.ended;
}

function draw(wizard, answer) {
  const { access } = answer;
  return [
    h("div", { class: "card wizard-card" },
      statusSentence(access),
      access.rejection ? h("p", null, t.reason(access.rejection)) : null,
      facts(about(access))),
    access.request ? next(wizard, answer) : null,
    links(answer),
  ];
}

function about(access) {
  const { role, institution, work_unit: unit, valid_until: day, request } = access;
  return [
    [t.role, role.name],
    [t.institution, institution.name],
    [t.workUnit, unit.name],
    [t.validUntil, lastDay(access, request?.valid_until ?? day)],
    [t.submitted, request ? moment(request.submitted) : null],
    [t.deadline, request ? deadline(request.deadline) : null],
  ];
}

/** What happens now, in order. */
function next(wizard, { access, meeting }) {
  const when = meeting?.starts?.text;
  const steps = [
    access.next_steps.includes("meet") ? (when ? t.meeting(when) : t.meetingPending) : null,
    NATIONAL_ROLES.has(access.role.id) ? t.verifiedNationally : t.verified(access.institution.name),
    t.mailed(wizard.me.email),
    t.then,
  ];
  return h("section", { class: "card wizard-card next" },
    h("h3", null, t.nextTitle),
    h("ol", null, steps.filter(Boolean).map((text) => h("li", null, text))),
    meeting?.prepare.length ? prepare(meeting) : null);
}

function prepare(meeting) {
  return [h("p", null, t.prepare), h("ul", null, meeting.prepare.map((text) => h("li", null, text)))];
}

function links({ access, meeting }) {
  const toMeeting = meeting && linkButton(t.toMeeting, `/rapat?id=${access.request.id}`);
  const main = {
    active: () => linkButton(t.platform, "/platform"),
    rejected: () => linkButton(t.again, `/daftar-akses?role=${encodeURIComponent(access.role.id)}&akses=${access.id}`),
  }[access?.status]?.();
  const own = toMeeting || main;
  return h("div", { class: "actions" }, own, linkButton(t.toAccesses, "/akses", own ? "second" : "main"), linkButton(t.another, "/daftar-akses", "second"));
}
