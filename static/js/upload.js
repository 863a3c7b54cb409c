// <akses-upload>: one decree. Size and kind are checked before anything is sent, the way shows as
// progress, and the document is stored as soon as it is chosen; `value` is its id. Properties to set
// before it is in the page: `label`, `help`, `optional`. `change` fires when there is a document.

import { answered, ApiProblem, changeHeaders, mending, Offline, randomKey } from "/js/api.js";
import { fill, h, newId } from "/js/dom.js";
import { errors, ui, upload as t } from "/js/texts.js";
import { actionButton, announce, problemText, sizeText } from "/js/ui.js";

/** As the service has it (REG-4). */
const DOCUMENT_BYTES_MAX = 2_097_152;

/** So that what is a little too large is never told to be as large as it may be. */
const TOO_LARGE_BYTES_MIN = DOCUMENT_BYTES_MAX + 10_486;

const PDF_START = "%PDF-";

/** A line on which nothing moves for this long has dropped without saying so. */
const STALLED_MS = 60_000;

class Upload extends HTMLElement {
  #input = null;
  #document = null;
  #sending = null;
  /** What is wrong with the file that was chosen last. */
  #problem = "";
  /** Until the line is back, or the person does something. */
  #waiting = new AbortController();

  connectedCallback() {
    this.#build();
  }

  /** The file input; made when it is first needed, because an error may come before the page. */
  get input() {
    this.#build();
    return this.#input;
  }

  #build() {
    if (this.#input) return;
    const id = newId("berkas");
    const described = [`${id}-aturan`, `${id}-hasil`, this.errorId].filter(Boolean).join(" ");
    this.#input = h("input", { id, class: "unseen", type: "file", accept: "application/pdf,.pdf", required: !this.optional, "aria-describedby": described });
    this.button = h("label", { for: id, class: "button second" }, t.choose);
    this.result = h("div", { id: `${id}-hasil`, class: "upload-result" });
    const mark = this.optional ? h("span", { class: "optional" }, ` ${ui.optional}`) : null;
    const drop = h("div", { class: "drop" }, this.#input, this.button, h("span", { class: "drop-hint", "aria-hidden": "true" }, t.orDrop));
    const rules = [this.help, t.rules].filter(Boolean).join(" ");
    fill(this, h("label", { for: id }, this.label, mark), h("p", { class: "help", id: `${id}-aturan` }, rules), drop, this.result);
    this.#listen(drop);
    if (this.#document) this.#showDone();
  }

  #listen(drop) {
    this.#input.addEventListener("change", (event) => {
      event.stopPropagation();
      void this.#choose([...this.#input.files]);
    });
    this.#input.addEventListener("input", (event) => event.stopPropagation());
    const over = (isOver) => (event) => {
      event.preventDefault();
      drop.classList.toggle("over", isOver);
    };
    drop.addEventListener("dragover", over(true));
    drop.addEventListener("dragleave", over(false));
    drop.addEventListener("drop", (event) => {
      over(false)(event);
      void this.#choose([...event.dataTransfer.files]);
    });
  }

  /** What was stored: `{id, name, size_bytes}`; null when nothing. */
  get document() {
    return this.#document;
  }

  /** One that was stored before, from a draft. */
  set document(stored) {
    this.#document = stored;
    if (this.#input) this.#showDone();
  }

  get value() {
    return this.#document?.id ?? "";
  }

  /** An id has no name to show: only a stored document, and nothing, can be set. */
  set value(stored) {
    if (!stored || typeof stored === "object") this.document = stored || null;
  }

  /** For drafts: with its name. */
  get kept() {
    return this.#document;
  }

  /** What to say when there is no document. */
  get missing() {
    return this.#sending ? t.waiting : this.#problem || t.missing;
  }

  focus() {
    this.input.focus();
  }

  async #choose(files) {
    if (!files.length) return;
    this.#sending?.abort();
    this.#waiting.abort();
    this.#take(null);
    const wrong = files.length > 1 ? t.one : await objection(files[0]);
    // The same file again, mended, is a new choice.
    this.#input.value = "";
    if (wrong) this.#showProblem(wrong);
    else await this.#send(files[0], randomKey());
  }

  #take(stored) {
    const before = this.value;
    this.#document = stored;
    if (this.value !== before) this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** `key` stays while the file is tried again, so that it is stored once. */
  async #send(file, key) {
    const sending = new AbortController();
    this.#sending = sending;
    this.#waiting.abort();
    this.#problem = "";
    const show = this.#showProgress(file);
    try {
      const stored = await mending(() => post(file, key, show, sending.signal), { canRepeat: true });
      this.#sending = null;
      this.#take(stored);
      this.#showDone();
      announce(t.done(stored.name, sizeText(stored.size_bytes)));
    } catch (error) {
      if (sending.signal.aborted) return;
      this.#sending = null;
      this.#failed(error, () => this.#send(file, key));
    }
  }

  #failed(error, again) {
    if (error instanceof ApiProblem && error.fields.length) return this.#showProblem(error.fields[0].detail);
    this.#waiting = new AbortController();
    if (error instanceof Offline) addEventListener("online", again, { signal: this.#waiting.signal });
    this.#showProblem(error instanceof Offline ? t.failed : problemText(error), actionButton(errors.again, again, { kind: "second" }));
  }

  #showProgress(file) {
    const bar = h("progress", { max: 100, value: 0, "aria-label": t.sending(file.name) });
    const text = h("span", null, t.progress(0));
    fill(this.result, h("p", { class: "uploading" }, bar, " ", text));
    announce(t.sending(file.name));
    return (percent) => {
      bar.value = percent;
      text.textContent = percent < 100 ? t.progress(percent) : t.checking;
    };
  }

  #showDone() {
    const stored = this.#document;
    this.#problem = "";
    this.button.textContent = stored ? t.replace : t.choose;
    fill(this.result, stored ? h("p", { class: "uploaded" }, t.done(stored.name, sizeText(stored.size_bytes))) : null);
  }

  #showProblem(text, again) {
    this.#problem = text;
    this.button.textContent = t.choose;
    fill(this.result, h("p", { class: "error", role: "alert" }, text), again ?? null);
  }
}

/** What is wrong with a file before it is sent; null when nothing. */
async function objection(file) {
  if (file.size === 0) return t.empty;
  if (file.size > DOCUMENT_BYTES_MAX) return t.tooLarge(sizeText(Math.max(file.size, TOO_LARGE_BYTES_MIN)));
  const start = await file.slice(0, 1024).text().catch(() => null);
  if (start === null) return t.unreadable;
  return start.includes(PDF_START) ? null : t.notPdf;
}

/** `fetch` does not tell how much has gone out; this does. */
function post(file, key, onProgress, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Offline());
    const request = new XMLHttpRequest();
    let stalled;
    const moved = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    request.open("POST", `/api/documents?name=${encodeURIComponent(file.name)}`);
    const headers = { ...changeHeaders(), "content-type": "application/pdf", "idempotency-key": key };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      moved();
      onProgress(Math.round((event.loaded / event.total) * 100));
    });
    for (const name of ["error", "abort"]) request.addEventListener(name, () => reject(new Offline()));
    request.addEventListener("load", () => {
      try {
        resolve(answered(request.status, request.responseText, request.getResponseHeader("retry-after")));
      } catch (error) {
        reject(error);
      }
    });
    request.addEventListener("loadend", () => clearTimeout(stalled));
    signal.addEventListener("abort", () => request.abort());
    moved();
    request.send(file);
  });
}

customElements.define("akses-upload", Upload);
