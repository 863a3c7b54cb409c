// Institutions without a verifier, or soon without one, and what to do about it.

import { get } from "/js/api.js";
import { h } from "/js/dom.js";
import { dashboard } from "/js/texts/dashboard.js";
import { moment, notice, pagedList } from "/js/ui.js";

const t = dashboard.gaps;

const PAGE_ROWS = 10;

function read(after) {
  return get(`/api/verifier-gaps?limit=${PAGE_ROWS}${after ? `&after=${encodeURIComponent(after)}` : ""}`);
}

/** For the directorate: all of them. */
export async function nationalGaps() {
  let first = await read();
  if (!first.institutions.length) return h("p", null, t.none);
  const load = async (cursor) => {
    const page = cursor ? await read(cursor) : (first ?? (await read()));
    first = null;
    return { items: page.institutions, next: page.next };
  };
  const advice = h("details", { class: "fold" }, h("summary", null, t.todo), h("ul", null, h("li", null, t.missing), h("li", null, t.ending)));
  return [h("p", null, t.lead), advice, pagedList({ label: t.list, empty: t.none, row, load })];
}

function row(item) {
  return h("li", { class: "line" },
    h("strong", null, item.institution.name),
    badge(item),
    h("span", { class: "line-text" }, item.last_end ? [t.last, moment(item.last_end)] : t.never),
  );
}

function badge(item) {
  return h("span", { class: `status ${item.state === "missing" ? "bad" : "waiting"}` }, item.state_text);
}

/** For a Kepala UKPBJ: their own institution. */
export async function ownGaps() {
  const { institutions } = await read();
  const queue = h("p", { class: "help" }, dashboard.queue.notYours);
  if (!institutions.length) return [h("p", null, t.noneOwn), queue];
  const told = institutions.map((item) =>
    notice(item.state === "missing" ? "bad" : "warn", h("p", null, badge(item), " ", h("strong", null, item.institution.name)),
      h("p", null, item.last_end ? [t.last, moment(item.last_end), ". "] : null, item.state === "missing" ? t.missingOwn : t.endingOwn)),
  );
  return [told, queue];
}
