// Pemutusan Nasional: the letters of the directorate that cut past-due accesses off, newest first (EXP-4).

import { get } from "/js/api.js";
import { addressOf, notYours, stateBadge, stateByDates } from "/js/dashboard/cut-off.js";
import { h } from "/js/dom.js";
import { news, start } from "/js/page.js";
import { cutOffs as t } from "/js/texts/cut-offs.js";
import { linkButton, notice, pagedList } from "/js/ui.js";

const PAGE_ROWS = 20;

start(({ me }) => {
  const told = news();
  return (
    notYours(me) ?? [
      told ? notice("good", told) : null,
      h("div", { class: "actions" }, linkButton(t.plan, "/pemutusan/surat")),
      h("details", { class: "fold" }, h("summary", null, t.how.title), h("ul", null, t.how.points.map((text) => h("li", null, text)))),
      h("p", { class: "help" }, t.order),
      letters(),
    ]
  );
});

function letters() {
  return pagedList({
    label: t.list,
    empty: t.none,
    load: async (cursor) => {
      const page = await get(`/api/cut-offs?limit=${PAGE_ROWS}${cursor ? `&after=${encodeURIComponent(cursor)}` : ""}`);
      return { items: page.cut_offs, next: page.next };
    },
    row: (cutOff) =>
      h("li", { class: "card" },
        h("div", { class: "card-head" }, h("h2", null, h("a", { href: addressOf(cutOff.id) }, t.letter(cutOff.letter_number))), stateBadge(stateByDates(cutOff))),
        h("p", null, cutOff.withdrawn ? t.states.withdrawn.meaning : cutOff.text),
      ),
  });
}
