// Two windows, one draft: what another window saved is never written over unasked. Both versions are
// shown where they differ, and the person says which one holds.

import { h } from "/js/dom.js";
import { namesOf } from "/js/registration/names.js";
import { valueText } from "/js/registration/registration.js";
import { registration as texts } from "/js/texts/registration.js";
import { dialog, table } from "/js/ui.js";

const t = texts.draft;

/** Asks which holds, `mine` or `theirs`; null: later. `theirs` is the draft that stands on the service, or null. */
export async function askWhich(registration, mine, theirs) {
  return theirs ? askBetween(registration, mine, theirs) : askGone();
}

async function askBetween(registration, mine, theirs) {
  const [here, there] = await Promise.all([namesOf(mine), namesOf(theirs.values)]);
  const rows = registration.fields
    .filter(({ name }) => (mine[name] ?? "") !== (theirs.values[name] ?? ""))
    .map((it) => ({ label: it.label, here: valueText(it, mine, here), there: valueText(it, theirs.values, there) }));
  return dialog({
    title: t.conflictTitle,
    wide: true,
    body: h("div", null, h("p", null, t.conflictText(theirs.saved.text)), table({
      caption: t.differing,
      columns: [
        { title: t.field, cell: (row) => row.label },
        { title: t.here, cell: (row) => shown(row.here, row.there) },
        { title: t.there, cell: (row) => shown(row.there, row.here) },
      ],
      rows,
    })),
    actions: [
      { label: t.takeTheirs, value: "theirs" },
      { label: t.keepMine, kind: "second", value: "mine" },
    ],
    cancel: t.later,
  });
}

/** Two files or two units may have one name. */
function shown(text, other) {
  if (!text) return t.empty;
  return text === other ? `${text} ${t.differs}` : text;
}

function askGone() {
  return dialog({
    title: t.goneTitle,
    body: h("p", null, t.goneText),
    actions: [
      { label: t.keepAsNew, value: "mine" },
      { label: t.dropMine, kind: "danger", value: "theirs" },
    ],
    cancel: t.later,
  });
}
