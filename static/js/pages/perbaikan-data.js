// Unggah Perbaikan Data: a new end date and the decree for it, to reactivate an access that is over or to
// extend one that soon is (reactivation guide, steps 4 and 5).

import { send } from "/js/api.js";
import { accessChoice, accessHead, allAccesses, due, lastDay, places, zoneOf } from "/js/accesses.js";
import "/js/countdown.js";
import { plainDay, today } from "/js/dates.js";
import { fill, h, query } from "/js/dom.js";
import { localDraft } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { start } from "/js/page.js";
import { accesses as texts } from "/js/texts/accesses.js";
import { badge, facts, linkButton, notice } from "/js/ui.js";
import "/js/upload.js";

const t = texts.renewal;

/** As the service has it (EXP-7). */
const EXTENSION_DAYS_MAX = 90;

start(async ({ me, content }) => {
  const all = await allAccesses();
  const access = all.find((it) => it.id === query("akses"));
  if (!access) return choice(all);
  const kind = kindFor(access);
  if (!kind) return [accessHead(access), ...whyNot(access), back(access)];
  showForm(content, access, kind, localDraft(me, `perbaikan:${access.id}`));
});

/** What a new decree does to this access now; nothing when it can do nothing. */
function kindFor(access) {
  if (access.next_steps.includes("reactivate")) return "reactivation";
  return access.next_steps.includes("extend") ? "extension" : null;
}

function choice(all) {
  const isUnknown = Boolean(query("akses"));
  return accessChoice({
    title: isUnknown ? texts.access.notFoundTitle : t.chooseTitle,
    text: isUnknown ? texts.access.notFound : null,
    accesses: all.filter(kindFor),
    href: places.renew,
    empty: t.chooseNone,
  });
}

function back(access) {
  return h("p", { class: "actions" }, linkButton(texts.access.toList, places.list(access.id), "second"));
}

/** Why there is nothing to send, and until when. */
function whyNot(access) {
  const { request } = access;
  if (request) return [notice("info", h("p", null, t.waits(request.kind))), state(access)];
  const from = access.status === "active" ? plainDay(daysAfter(access.valid_until, -EXTENSION_DAYS_MAX)) : null;
  return [notice("info", h("p", null, from ? t.early(from) : t.cannot))];
}

/** Where the request stands, its deadline with how that came about (VER-3). */
function state(access) {
  const { request } = access;
  return facts([
    [t.status, badge(access)],
    [t.wanted, lastDay(access, request.valid_until)],
    [t.deadline, due(request)],
  ]);
}

function showForm(content, access, kind, draft) {
  const first = kind === "extension" ? daysAfter(access.valid_until, 1) : today(zoneOf(access) || "WIB");
  const tooEarly = kind === "extension" ? t.untilNotLater(plainDay(access.valid_until)) : t.untilPast;
  const until = field({
    name: "valid_until", label: t.until, kind: "date", help: t.untilHelp, attrs: { min: first },
    check: (day) => (day < first ? tooEarly : ""),
  });
  const decree = field({ name: "document", label: t.document, help: t.documentHelp, element: document.createElement("akses-upload") });
  const questions = form({
    label: t.titles[kind],
    fields: [until, decree],
    submit: t.submit,
    draft,
    onsubmit: async (values) => {
      const sent = await send("POST", `/api/accesses/${access.id}/${kind}`, values, { intent: `${kind}:${access.id}` });
      showSent(content, { ...access, ...sent, role: access.role, work_unit: access.work_unit }, kind);
    },
  });
  fill(content,
    accessHead(access),
    access.rejection ? notice("bad", h("p", null, t.rejected(access.rejection))) : null,
    h("p", null, t.explain[kind]),
    questions);
}

function daysAfter(day, days) {
  const moved = new Date(`${day}T12:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

function showSent(content, access, kind) {
  const heading = h("h2", { class: "first", tabindex: "-1" }, t.sent);
  fill(content,
    h("section", { class: "card done" }, heading, h("p", null, t.sentNext[kind]), state(access)),
    back(access));
  heading.focus();
}
