// The service as functions: what went wrong is an `ApiProblem` with a text for people, a
// line that dropped is `Offline`, and what may be sent twice is sent once more by itself.

import { errors as t } from "/js/texts.js";

/** How long an answer may take; a decree on a slow line takes its own time (upload.js). */
const ANSWER_MS_MAX = 30_000;

/** Before the one repetition after a dropped line or a busy service. */
const RETRY_AFTER_MS = 1_200;

const TYPE_PREFIX = "urn:inaproc:akses:problem:";

/** The service refused: RFC 9457, with the text that it wrote for people. */
export class ApiProblem extends Error {
  constructor(status, body, retryAfterS) {
    super(body?.detail ?? t.service);
    this.status = status;
    /** The last part of `type`, for programs: `reason-missing`. */
    this.slug = body?.type?.startsWith(TYPE_PREFIX) ? body.type.slice(TYPE_PREFIX.length) : "";
    /** What is wrong field by field: `[{field, detail}]`. */
    this.fields = body?.errors ?? [];
    /** Everything else that was answered. */
    this.body = body ?? {};
    this.retryAfterS = retryAfterS;
    /** What to tell the help desk. */
    this.reference = body?.instance ?? "";
  }
}

/** Nothing came back: the line dropped, or the service is not there. */
export class Offline extends Error {
  constructor(cause) {
    super(t.offline, { cause });
  }
}

let csrfToken = "";
let knownPerson = null;
let clockAhead_ms = 0;
let askToSignIn = null;

/** The page says here what to do when a session ended: a promise of the person who signed in again. */
export function onSessionEnd(ask) {
  askToSignIn = ask;
}

/**
 * Who is signed in (`GET /api/me`); asked once for a page unless `again`. A page is one person's: of
 * somebody else it takes no token, so that nothing typed here is sent in their name.
 */
export async function me({ again = false } = {}) {
  if (knownPerson && !again) return knownPerson;
  const person = await exchange("GET", "/api/me", { session: "open" });
  if (!knownPerson || knownPerson.id === person.id) learn(person);
  return person;
}

function learn(person) {
  knownPerson = person;
  csrfToken = person.csrf_token;
  clockAhead_ms = Date.parse(person.now) - Date.now();
}

/** This moment by the service's clock, in ms: a laptop's own is often wrong. */
export function now() {
  return Date.now() + clockAhead_ms;
}

/** Signs in and learns who that is. */
export async function signIn(email, password) {
  await exchange("POST", "/api/sign-in", { body: { email, password }, session: "open" });
  return me({ again: true });
}

/** Ends the session here and everywhere this cookie is. */
export async function signOut() {
  await exchange("POST", "/api/sign-out", { session: "open" });
  knownPerson = null;
}

/** Reads. `options.signal` gives up. */
export function get(path, options = {}) {
  return exchange("GET", path, options);
}

/** Reads every page of a list that is short by its nature: the items of `name`. */
export async function getAll(path, name, options = {}) {
  const items = [];
  let next = null;
  do {
    const page = await get(next ? `${path}${path.includes("?") ? "&" : "?"}after=${encodeURIComponent(next)}` : path, options);
    items.push(...page[name]);
    next = page.next;
  } while (next);
  return items;
}

/** Reads a document as a `Blob`; what is wrong with that is told as everywhere. */
export function getFile(path, options = {}) {
  return exchange("GET", path, { ...options, isFile: true });
}

/**
 * Changes something. `intent` names what the person wants ("daftar PPK"): as long as the
 * body stays the same, each try carries the same Idempotency-Key, also after the page was
 * loaded anew, so that pressing twice does one thing. `type` sends a text as it is ("text/csv").
 */
export function send(method, path, body, options = {}) {
  return exchange(method, path, { ...options, body: body ?? {} });
}

/** The headers of a change, for what cannot go through here (upload.js shows its progress). */
export function changeHeaders() {
  return { "x-csrf-token": csrfToken };
}

async function exchange(method, path, options) {
  const attempt = new Attempt(method, path, options);
  const answer = await mending(() => attempt.once(), attempt);
  attempt.settled();
  return answer;
}

/**
 * Runs `once`, and once more after what can be mended: a session that ended, and, where it
 * `canRepeat`, a dropped line. (upload.js sends in its own way and is mended as all.)
 */
export async function mending(once, { canRepeat, isOpen = false }) {
  try {
    return await once();
  } catch (error) {
    if (await mended(error, { canRepeat, isOpen })) return once();
    throw error;
  }
}

/** Whether it is worth asking once more: a dropped line, a busy service, a session that ended. */
async function mended(error, { canRepeat, isOpen }) {
  if (error instanceof Offline || error.status === 503) {
    if (!canRepeat) return false;
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    return true;
  }
  if (isOpen || !(error instanceof ApiProblem)) return false;
  if (error.status === 401 && askToSignIn) return askToSignIn();
  if (error.slug === "csrf-token" && knownPerson) {
    const before = knownPerson.id;
    return (await me({ again: true })).id === before;
  }
  return false;
}

class Attempt {
  constructor(method, path, { body, type, intent, ifMatch, signal, session, isFile }) {
    this.method = method;
    this.path = path;
    this.body = body === undefined || type ? body : JSON.stringify(body);
    this.type = type ?? "application/json";
    this.ifMatch = ifMatch;
    this.signal = signal;
    this.isOpen = session === "open";
    this.isFile = isFile;
    this.intent = intent ? new Intent(intent, `${path} ${this.body}`) : null;
    this.canRepeat = method === "GET" || this.intent !== null;
  }

  async once() {
    const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_MS_MAX), ...(this.signal ? [this.signal] : [])]);
    const headers = { accept: "application/json" };
    if (this.body !== undefined) headers["content-type"] = this.type;
    if (this.method !== "GET" && csrfToken) headers["x-csrf-token"] = csrfToken;
    if (this.ifMatch) headers["if-match"] = this.ifMatch;
    if (this.intent) headers["idempotency-key"] = this.intent.key;
    let response;
    let content;
    try {
      response = await fetch(this.path, { method: this.method, headers, body: this.body, signal });
      content = await (this.isFile && response.ok ? response.blob() : response.text());
    } catch (error) {
      if (this.signal?.aborted) throw error;
      throw new Offline(error);
    }
    if (content instanceof Blob) return content;
    return answered(response.status, content, response.headers.get("retry-after"));
  }

  settled() {
    this.intent?.done();
  }
}

/** What an answer means: its data, or the problem thrown. */
export function answered(status, content, retryAfter) {
  let body = null;
  try {
    body = content ? JSON.parse(content) : null;
  } catch {
    body = null;
  }
  if (status < 200 || status >= 300) {
    throw new ApiProblem(status, body, retryAfter ? Number(retryAfter) : null);
  }
  return body;
}

/** A key that stays while what is sent stays. Kept for the tab, so that loading anew keeps it. */
class Intent {
  constructor(name, content) {
    this.place = `akses.intent.${name}`;
    const sum = checksum(content);
    const known = sessionStorage.getItem(this.place)?.split(" ");
    this.key = known?.[0] === sum ? known[1] : randomKey();
    sessionStorage.setItem(this.place, `${sum} ${this.key}`);
  }

  done() {
    sessionStorage.removeItem(this.place);
  }
}

/** 128 random bits. (`randomUUID` is missing where a test server has no TLS.) */
export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** FNV-1a, 32 bits: enough to see that a form has changed, and no secret. */
function checksum(text) {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  }
  return (sum >>> 0).toString(16);
}
