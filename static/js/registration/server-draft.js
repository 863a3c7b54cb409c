// A form half filled that the service keeps, one for each role: saved by itself a moment after the
// last key, never over what another window saved. Until the service has it, this browser keeps it
// too, so that a closed tab or a dropped line loses nothing.

import { ApiProblem, get, send } from "/js/api.js";
import { localDraft } from "/js/draft.js";

/** After the last key, before the draft is sent. */
const QUIET_MS = 700;

/** Before the next try, when the line dropped or the service was busy. */
const RETRY_MS = 8_000;

/** What tells that another window saved, sent or discarded this draft. */
const CONFLICTS = new Set(["draft-changed", "draft-gone", "if-match-missing"]);

export class ServerDraft {
  #values = null;
  #isDirty = false;
  #isStopped = false;
  /** Only the person can go on: by signing in, by saying which version holds, by mending the form. */
  #waitsForPerson = false;
  #saving = null;
  #timer = 0;
  #listening = new AbortController();

  /**
   * `revision` is the one that was read (null: there is none yet). `told(state, more)` hears how it
   * is: `saved` (with the service's answer), `local`, `session`, `refused` (with the error) and
   * `conflict` (with the draft that stands there; null: none any more).
   */
  constructor({ person, role, revision, told = () => {} }) {
    this.role = role;
    this.revision = revision;
    this.told = told;
    this.here = localDraft(person, `daftar-akses.${role}`);
    const { signal } = this.#listening;
    const saveNow = () => this.#isDirty && !this.#waitsForPerson && void this.flush();
    addEventListener("online", saveNow, { signal });
    document.addEventListener("visibilitychange", () => document.hidden && saveNow(), { signal });
  }

  get #path() {
    return `/api/drafts/${encodeURIComponent(this.role)}`;
  }

  /** Whether the service has what was typed. */
  get isSaved() {
    return Boolean(this.revision) && !this.#isDirty;
  }

  /** What this browser kept because it never reached the service: `{revision, values}`, or null. */
  unsent() {
    return this.here.load();
  }

  /** Takes what was typed, and saves it soon. */
  change(values) {
    if (this.#isStopped || isSame(values, this.#values)) return;
    this.#values = values;
    this.#isDirty = true;
    this.here.save({ revision: this.revision, values });
    clearTimeout(this.#timer);
    if (!this.#waitsForPerson) this.#timer = setTimeout(() => this.flush(), QUIET_MS);
  }

  /** What stands on the service already, so that it is not saved again. */
  stands(values) {
    this.#values = values;
    this.#isDirty = false;
    this.#waitsForPerson = false;
  }

  /** Saves what is not saved yet; throws what the service refused. One save at a time: each needs the revision of the one before. */
  flush() {
    clearTimeout(this.#timer);
    this.#saving ??= this.#save().finally(() => (this.#saving = null));
    // Who waits for it (`settled`) hears of a failure; the draft itself told `told`.
    this.#saving.catch(() => {});
    return this.#saving;
  }

  async #save() {
    while (this.#isDirty && !this.#isStopped) {
      this.#isDirty = false;
      try {
        const ifMatch = this.revision ? `"${this.revision}"` : undefined;
        const answer = await send("PUT", this.#path, this.#values, { ifMatch });
        this.revision = answer.revision;
        this.#waitsForPerson = false;
        if (!this.#isDirty) this.here.drop();
        this.told("saved", answer);
      } catch (error) {
        this.#isDirty = true;
        await this.#failed(error);
        throw error;
      }
    }
  }

  async #failed(error) {
    if (!(error instanceof ApiProblem) || error.status >= 500 || error.status === 429) {
      this.#timer = setTimeout(() => this.flush(), RETRY_MS);
      return this.told("local");
    }
    this.#waitsForPerson = true;
    if (error.status === 401) {
      this.told("session");
    } else if (CONFLICTS.has(error.slug)) {
      this.told("conflict", await this.standing());
    } else {
      this.told("refused", error);
    }
  }

  /** The draft as the service has it now; null when there is none. */
  async standing() {
    const { drafts } = await get(`/api/drafts?role=${encodeURIComponent(this.role)}`);
    return drafts.find((it) => it.revision) ?? null;
  }

  /** Saves over what another window saved (`standing`), because the person said so. */
  async keep(standing, values = this.#values) {
    this.revision = standing?.revision ?? null;
    this.#values = values;
    this.#isDirty = true;
    await this.flush();
  }

  /** Gives the draft up on the service and here. */
  async discard() {
    await this.stop();
    if (this.revision) await send("POST", `${this.#path}/discard`, {}, { ifMatch: `"${this.revision}"` });
    this.here.drop();
  }

  /** Saves no more, and waits for the save that is under way. */
  async stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#saving?.catch(() => {});
  }

  /** After `stop`: what was to be sent was not sent after all. */
  resume() {
    this.#isStopped = false;
  }

  /** It was sent: nothing of it stays. */
  sent() {
    this.#listening.abort();
    this.here.drop();
  }

  /** Another registration takes its place. */
  close() {
    void this.flush().catch(() => {});
    this.#listening.abort();
  }
}

/** Whether two forms say the same, in whatever order. */
export function isSame(one, other) {
  const names = Object.keys({ ...one, ...other });
  return Boolean(one && other) && names.every((name) => one[name] === other[name]);
}
