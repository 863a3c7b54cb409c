// One registration while it is filled in: what the role asks for, what was typed, and the draft that
// keeps it. It outlives the steps, so that going back and forth reads nothing anew.

import { get, getAll } from "/js/api.js";
import { dayText } from "/js/dates.js";
import { namesOf } from "/js/registration/names.js";
import { isSame, ServerDraft } from "/js/registration/server-draft.js";

export class Registration {
  /**
   * Reads what there is for this role: the draft, or else a form that was rejected (that of
   * `access`, when one is named), and the fields as they are asked of this person now.
   */
  static async open(person, role, access) {
    const [{ drafts }, accesses] = await Promise.all([
      get(`/api/drafts?role=${encodeURIComponent(role)}`),
      getAll("/api/accesses?limit=100", "accesses"),
    ]);
    const saved = drafts.find((it) => it.revision) ?? null;
    const named = drafts.find((it) => access && it.rejection?.access === access);
    const registration = new Registration(person, role, saved, named ?? saved ?? drafts[0] ?? null);
    // One that was sent for this role and is not decided: it needs no second one (REG-7).
    registration.waiting = accesses.find((it) => it.role.id === role && it.request?.kind === "registration") ?? null;
    await registration.take(registration.offer);
    await registration.restore(named);
    return registration;
  }

  constructor(person, role, saved, offer) {
    this.person = person;
    this.code = role;
    this.saved = saved;
    this.offer = offer;
    this.draft = new ServerDraft({ person, role, revision: saved?.revision ?? null });
    /** What to say at the top of the form, once. */
    this.news = [];
  }

  /** Takes over what a draft or a rejected form holds; null begins empty. */
  async take(offer) {
    this.rejection = offer?.rejection ?? null;
    this.review = { problems: offer?.problems ?? [], missing: offer?.missing ?? [] };
    await this.fill(offer?.values ?? {});
    if (offer && offer === this.saved) this.draft.stands(this.values);
  }

  /** Takes over values, with the names that belong to their ids. What is there no more is empty again. */
  async fill(values) {
    const [chosen] = await Promise.all([namesOf(values), this.fields ?? this.ask()]);
    this.chosen = chosen;
    // A form that was sent says the institution, and so its kind.
    const all = chosen.institution ? { ...values, institution_kind: chosen.institution.kind } : values;
    const isThere = ({ name }) => all[name] && chosen[name] !== null;
    this.values = Object.fromEntries(this.fields.filter(isThere).map(({ name }) => [name, all[name]]));
  }

  /** The form as it is asked of this person in this role. */
  async ask() {
    const form = await get(`/api/registration-form?role=${encodeURIComponent(this.code)}`);
    this.role = form.role;
    // What is known already is shown, and not asked.
    this.known = form.fields.filter((it) => it.need === "prefilled");
    this.fields = form.fields.filter((it) => it.need !== "prefilled");
  }

  /**
   * What this browser kept and the service never got comes first. It is saved with the revision that
   * it began from, so that another window's draft is asked about like any other.
   */
  async restore(named) {
    const unsent = this.draft.unsent();
    if (!unsent || isSame(unsent.values, this.values)) return this.draft.here.drop();
    // Who mends the rejected form of one unit does not mean what was begun for another.
    if (named && named.values.work_unit !== unsent.values.work_unit) return undefined;
    await this.fill(unsent.values);
    this.draft.revision = unsent.revision;
    this.draft.change(this.values);
    return undefined;
  }

  /** After `askWhich`: goes on with `mine` or with `theirs`. */
  async settle(answer, { mine, theirs }) {
    if (answer === "theirs") {
      this.saved = theirs;
      this.draft.revision = theirs?.revision ?? null;
      await this.take(theirs);
      this.draft.stands(this.values);
      this.draft.here.drop();
    } else {
      await this.fill(mine);
      // What goes wrong the draft has told already.
      await this.draft.keep(theirs, this.values).catch(() => {});
    }
  }

  /** Fills in the work unit that SiRUP names, unless there is one already; whether it did. */
  async takePlace(place) {
    if (!place || this.values.institution) return false;
    const { institution, work_unit: unit } = place;
    await this.fill({ ...this.values, institution_kind: institution.kind, institution: institution.id, work_unit: unit.id });
    this.draft.change(this.values);
    return true;
  }

  /** What was typed; without what is empty. */
  type(values) {
    this.values = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
    this.draft.change(this.values);
  }

  /** Whether this field must be filled in: the address only by who registers first at the unit (REG-3). */
  needs({ kind, need }) {
    if (need === "first-registrant") return Boolean(this.chosen.work_unit?.needs_address);
    // The institution says its kind itself.
    return need === "required" && kind !== "institution-kind";
  }

  /** Whether nothing was typed. */
  get isEmpty() {
    return Object.keys(this.values).length === 0;
  }

  /** Whether everything that must be there is, and the service found nothing wrong. */
  get isComplete() {
    return !this.review.problems.length && this.fields.every((it) => this.values[it.name] || !this.needs(it));
  }
}

/** What a field says, as people read it; `chosen` has what belongs to ids. */
export function valueText({ name, kind }, values, chosen) {
  if (name in chosen) return chosen[name]?.name ?? "";
  if (kind !== "date" || !values[name]) return values[name] ?? "";
  return [dayText(values[name]), chosen.institution ? `(${chosen.institution.zone})` : ""].join(" ").trim();
}
