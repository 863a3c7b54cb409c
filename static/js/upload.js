// <akses-upload>: one decree. Size and kind are checked before anything is sent, the way shows as
// progress, and the document is stored as soon as it is chosen; `value` is its id. Properties to set
// before it is in the page: `label`, `help`, `optional`. `change` fires when there is a document.

import { answered, ApiProblem, changeHeaders, me, Offline } from "/js/api.js";
import { fill, h, newId } from "/js/dom.js";
import { errors, ui, upload as t } from "/js/texts.js";
import { actionButton, announce, problemText, sizeText } from "/js/ui.js";

/** As the service has it (REG-4). */
const DOCUMENT_BYTES_MAX = 2_097_152;

const PDF_START = "%PDF-";

class Upload extends HTMLElement {
  #document = null;

  connectedCallback() {
    if (this.input) return;
    const id = newId("berkas");
    this.input = h("input", { id, type: "file", accept: "application/pdf,.pdf", required: !this.optional, "aria-describedby": `${id}-aturan ${id}-hasil` });
    this.result = h("div", { id: `${id}-hasil`, class: "upload-result" });
    const mark = this.optional ? h("span", { class: "optional" }, ` ${ui.optional}`) : null;
    fill(this, h("label", { for: id }, this.label, mark), h("p", { class: "help", id: `${id}-aturan` }, [this.help, t.rules].filter(Boolean).join(" ")), h("div", { class: "drop" }, this.input), this.result);
    this.input.addEventListener("change", (event) => {
      event.stopPropagation();
      if (this.input.files[0]) void this.#take(this.input.files[0]);
    });
    this.input.addEventListener("input", (event) => event.stopPropagation());
    if (this.#document) this.#showDone();
  }

  /** What was stored: `{id, name, size_bytes}`; null when nothing. */
  get document() {
    return this.#document;
  }

  /** One that was stored before, from a draft. */
  set document(stored) {
    this.#document = stored;
    if (this.result) this.#showDone();
  }

  get value() {
    return this.#document?.id ?? "";
  }

  set value(id) {
    if (!id) this.#document = null;
  }

  focus() {
    this.input.focus();
  }

  setAttribute(name, value) {
    super.setAttribute(name, value);
    if (name === "aria-invalid") this.input?.setAttribute(name, value);
  }

  removeAttribute(name) {
    super.removeAttribute(name);
    if (name === "aria-invalid") this.input?.removeAttribute(name);
  }

  async #take(file) {
    this.#document = null;
    this.dispatchEvent(new Event("change", { bubbles: true }));
    const wrong = await objection(file);
    if (wrong) return this.#showProblem(wrong);
    await this.#send(file);
  }

  async #send(file) {
    const bar = h("progress", { max: 100, value: 0, "aria-label": t.progress(0) });
    const text = h("span", null, t.progress(0));
    fill(this.result, h("p", { class: "uploading" }, bar, " ", text));
    this.toggleAttribute("busy", true);
    try {
      const stored = await post(file, (percent) => {
        bar.value = percent;
        text.textContent = t.progress(percent);
        bar.setAttribute("aria-label", t.progress(percent));
      });
      this.#document = stored;
      this.#showDone();
      announce(t.done(stored.name, sizeText(stored.size_bytes)));
      this.dispatchEvent(new Event("change", { bubbles: true }));
    } catch (error) {
      const again = error instanceof ApiProblem && error.status < 500 && error.status !== 401 ? null : actionButton(errors.again, () => this.#send(file), { kind: "second" });
      this.#showProblem(error instanceof Offline ? t.failed : problemText(error), again);
    } finally {
      this.removeAttribute("busy");
    }
  }

  #showDone() {
    if (!this.#document) return fill(this.result);
    fill(this.result, h("p", { class: "uploaded" }, t.done(this.#document.name, sizeText(this.#document.size_bytes))));
  }

  #showProblem(text, again) {
    fill(this.result, h("p", { class: "error", role: "alert" }, text), again ?? null);
    if (!again) this.input.value = "";
  }
}

/** What is wrong with a file before it is sent; null when nothing. */
async function objection(file) {
  if (file.size === 0) return t.empty;
  if (file.size > DOCUMENT_BYTES_MAX) return t.tooLarge(sizeText(file.size));
  const start = await file.slice(0, 1024).text();
  return start.includes(PDF_START) ? null : t.notPdf;
}

/** `fetch` does not tell how much has gone out; this does. */
async function post(file, onProgress) {
  await me();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/documents?name=${encodeURIComponent(file.name)}`);
    for (const [name, value] of Object.entries(changeHeaders())) request.setRequestHeader(name, value);
    request.setRequestHeader("content-type", "application/pdf");
    request.upload.addEventListener("progress", (event) => onProgress(Math.round((event.loaded / event.total) * 100)));
    request.addEventListener("error", () => reject(new Offline()));
    request.addEventListener("timeout", () => reject(new Offline()));
    request.addEventListener("load", () => {
      try {
        resolve(answered(request.status, request.responseText, request.getResponseHeader("retry-after")));
      } catch (error) {
        reject(error);
      }
    });
    request.send(file);
  });
}

customElements.define("akses-upload", Upload);
