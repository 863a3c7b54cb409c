// The notification letter of a reset (steps 7 to 9): its text as it stands, what was corrected in the
// draft, and the PDF once it was signed.

import { differenceView } from "/js/diff.js";
import { documentView } from "/js/document.js";
import { h } from "/js/dom.js";
import { reset } from "/js/texts/reset.js";

const t = reset.letter;

/** One version as it reads. */
export function letterText(letter) {
  return h("div", { class: "letter" }, h("p", { class: "hint" }, t.number(letter.number)), h("p", { class: "letter-text" }, letter.text));
}

/** What the correction changed; nothing while there is only the draft. */
export function corrections([corrected, draft]) {
  if (!draft) return null;
  if (corrected.sha256 === draft.sha256) return h("p", { class: "hint" }, t.same);
  return h("details", { class: "fold", open: true },
    h("summary", null, t.difference),
    corrected.number === draft.number ? null : h("p", null, t.numberChanged(draft.number, corrected.number)),
    changesView(draft.text, corrected.text),
  );
}

export function changesView(before, after) {
  const said = { removed: t.removed, added: t.added, end: t.end };
  return h("div", null, h("p", { class: "help" }, t.legend), differenceView(before, after, said));
}

/** All of it, for the ticket's page; nothing before step 7. */
export function letterSection(ticket) {
  const [newest] = ticket.letters;
  if (!newest) return null;
  return h("section", { class: "card" },
    h("h2", null, t.heading),
    ticket.letter ? documentView({ id: ticket.letter, title: t.signed, fileName: t.file }) : null,
    h("h3", null, t.version[newest.version]),
    letterText(newest),
    corrections(ticket.letters),
  );
}
