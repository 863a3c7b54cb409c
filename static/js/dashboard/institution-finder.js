// For the directorate: one institution of the coming wave, found by typing or in the list of all.

import { get } from "/js/api.js";
import "/js/combobox.js";
import { addressOf, readWave } from "/js/dashboard/wave.js";
import { h } from "/js/dom.js";
import { dashboard } from "/js/texts/dashboard.js";
import { pagedList } from "/js/ui.js";

const t = dashboard.wave;

const PAGE_ROWS = 10;

/** `asked` is what the page shows now. */
export function institutionFinder(asked) {
  const list = pagedList({
    label: t.institutions,
    empty: t.noInstitutions,
    row: (item) => row(item, asked),
    load: async (cursor) => {
      const page = await readWave(asked, cursor ? { limit: PAGE_ROWS, after: cursor } : { limit: PAGE_ROWS });
      return { items: page.institutions, next: page.next };
    },
  });
  return h("div", null, h("div", { class: "finder" }, search(asked)), list);
}

function search(asked) {
  const box = document.createElement("akses-combobox");
  box.label = t.choose;
  box.optional = true;
  box.source = async (text, signal) => {
    const { items, next } = await get(`/api/reference/institutions?limit=20&q=${encodeURIComponent(text)}`, { signal });
    return { items: items.map(({ id, name, kind, zone }) => ({ id, name, hint: `${kind}, ${zone}` })), next };
  };
  box.addEventListener("change", () => {
    if (box.value) location.assign(addressOf({ ...asked, institution: box.value }));
  });
  return box;
}

function row({ institution, zone, accesses, waiting }, asked) {
  return h("li", { class: "line" },
    h("a", { href: addressOf({ ...asked, institution: institution.id }) }, institution.name),
    h("span", { class: "hint" }, zone),
    h("span", { class: accesses ? "line-text" : "line-text quiet-text" }, t.row(accesses, waiting)),
  );
}
