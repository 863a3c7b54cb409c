// Riwayat: what happened to one access, when and by whose hand, as it stands in the record.

import { ApiProblem, get } from "/js/api.js";
import { accessChoice, accessHead, allAccesses, places } from "/js/accesses.js";
import { nowText } from "/js/dates.js";
import { h, query } from "/js/dom.js";
import { start } from "/js/page.js";
import { accesses as texts } from "/js/texts/accesses.js";
import { linkButton, moment } from "/js/ui.js";

const t = texts.history;

/** A dot in the tone of what happened; the sentence says it too. */
const TONES = {
  approved: "active", "carried-over": "active", rejected: "bad", deactivated: "ended", expired: "ended",
  requested: "waiting", "reactivation-requested": "waiting", "extension-requested": "waiting",
};

start(async ({ me }) => {
  const id = query("akses");
  const told = id ? await history(id) : null;
  if (!told) return choice(Boolean(id));
  const { access, events } = told;
  return [
    accessHead(access, t.count(events.length)),
    h("h2", { id: "kejadian" }, t.title),
    h("ol", { class: "timeline", reversed: true, "aria-labelledby": "kejadian" }, [...events].reverse().map(line)),
    h("p", { class: "empty" }, t.note, " ", t.read(nowText(zone(events)))),
    h("p", { class: "actions" },
      h("button", { type: "button", class: "second", onclick: () => print() }, t.print),
      await back(access, me)),
  ];
});

/** Verifiers read the history of others, too. */
async function back(access, me) {
  const isOwn = !me.is_verifier || (await allAccesses()).some((it) => it.id === access.id);
  return isOwn ? linkButton(texts.access.toList, places.list(access.id), "second") : linkButton(t.toQueue, "/verifikasi", "second");
}

/** The zone of the institution, as its moments say it. */
function zone(events) {
  return events.at(-1).at.text.split(" ").at(-1);
}

/** None when there is no such access for this person. */
async function history(id) {
  try {
    return await get(`/api/accesses/${encodeURIComponent(id)}/history`);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

async function choice(isUnknown) {
  return accessChoice({
    title: isUnknown ? texts.access.notFoundTitle : texts.access.choose,
    text: isUnknown ? texts.access.notFound : null,
    accesses: await allAccesses(),
    href: places.history,
    empty: texts.access.none,
  });
}

function line(event) {
  return h("li", { class: TONES[event.kind] ?? "info" },
    h("p", { class: "at" }, moment(event.at)),
    h("p", { class: "what" }, event.text),
    h("p", { class: "by" }, t.by(event.by)));
}
