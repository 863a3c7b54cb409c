// Refusing what waits: a reason that reaches people, bounded and counted, kept until it was sent.

import { counted } from "/js/counted.js";
import { h } from "/js/dom.js";
import { localDraft } from "/js/draft.js";
import { field, form } from "/js/form.js";
import { verification as texts } from "/js/texts/verification.js";

const t = texts.request;

/** As the service has it (VER-2). */
const REASON_CHARS_MAX = 1000;

/**
 * A part that opens into the form. `id` says whose draft it is, `fields` what is asked besides the
 * reason; `decide(values)` sends it.
 */
export function rejection({ person, id, title, submit, fields = [], decide }) {
  const draft = localDraft(person, `tolak:${id}`);
  const reason = counted(field({ name: "reason", label: t.reason, kind: "textarea", help: t.reasonHelp }), REASON_CHARS_MAX);
  const reject = form({ label: title, fields: [reason, ...fields], submit, kind: "danger", asks: false, draft, onsubmit: decide });
  return h("details", { class: "case-reject", open: Boolean(draft.load()?.reason) }, h("summary", null, title), reject);
}
