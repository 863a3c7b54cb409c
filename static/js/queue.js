// The verifier's queue: read page by page in the order of its deadlines, looked at again for what
// came and went, and walked through request by request.

import { ApiProblem, get } from "/js/api.js";
import { h } from "/js/dom.js";
import { verification as t } from "/js/texts/verification.js";
import { linkButton, notice } from "/js/ui.js";

/** A first page that a slow line carries, and that shows most queues whole. */
const PAGE_ROWS = 25;

export class Queue {
  /** Requests as the API answers them. */
  rows = [];
  /** Whether these are all. */
  isWhole = false;

  #next = null;
  /** The cursor of the last page that was read, and where it begins. */
  #last = { cursor: null, start: 0 };

  /** Reads the next page. */
  async more() {
    const cursor = this.#next;
    const { requests, next } = await read(cursor);
    this.#last = { cursor, start: this.rows.length };
    this.rows.push(...requests);
    this.#next = next;
    this.isWhole = next === null;
  }

  /** Reads all that is left. */
  async rest() {
    while (!this.isWhole) await this.more();
  }

  /** Reads anew as far as it was read. */
  async reload() {
    const count = this.rows.length;
    Object.assign(this, { rows: [], isWhole: false });
    this.#next = null;
    do await this.more();
    while (!this.isWhole && this.rows.length < count);
  }

  /** The request of this id, wherever it stands; undefined when it does not wait here. */
  async find(id) {
    for (;;) {
      const found = this.rows.find((row) => row.id === id);
      if (found || this.isWhole) return found;
      await this.more();
    }
  }

  /** The request `step` places from this one; undefined past either end. */
  async beside(id, step) {
    const at = this.rows.findIndex((row) => row.id === id) + step;
    if (at >= this.rows.length && !this.isWhole) await this.more();
    return this.rows[at];
  }

  /** It was decided: the rest moves up. Answers who stands in its place, or at the head of the queue. */
  async drop(id) {
    const after = await this.beside(id, 1);
    const at = this.rows.findIndex((row) => row.id === id);
    if (at >= 0) this.rows.splice(at, 1);
    if (at >= 0 && at < this.#last.start) this.#last.start -= 1;
    return after ?? this.rows[0];
  }

  /**
   * What changed since it was read, seen by its last page alone, where new requests stand: how many came
   * (unknown, so 0, before the whole was read), and how many of that page are gone.
   */
  async changes(options) {
    const { cursor, start } = this.#last;
    const page = await read(cursor, options);
    const known = new Set(this.rows.map((row) => row.id));
    const there = new Set(page.requests.map((row) => row.id));
    return {
      came: this.isWhole ? page.requests.filter((row) => !known.has(row.id)).length : 0,
      gone: this.rows.slice(start).filter((row) => !there.has(row.id)).length,
    };
  }
}

function read(cursor, options) {
  const after = cursor ? `&after=${encodeURIComponent(cursor)}` : "";
  return get(`/api/requests?limit=${PAGE_ROWS}${after}`, options);
}

/** Who does not verify is told who does; anything else that went wrong is thrown on. */
export function notForThem(error) {
  if (!(error instanceof ApiProblem) || error.status !== 403) throw error;
  return [
    notice("info", h("p", null, error.message), h("p", null, t.notVerifierHelp)),
    linkButton(t.toAccesses, "/pengaturan/informasi-instansi", "second"),
  ];
}

/** What a letter filed together is one entry, in the place of its first request: `{ rows, letter }`. */
export function entries(rows) {
  const letters = new Map();
  const listed = [];
  for (const row of rows) {
    const known = row.collective && letters.get(row.collective.id);
    if (known) known.rows.push(row);
    else listed.push({ rows: [row], letter: row.collective });
    if (row.collective && !known) letters.set(row.collective.id, listed.at(-1));
  }
  return listed;
}
