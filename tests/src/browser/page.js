// Finds what a person or a screen reader would find: by name, only what shows, and only what is not
// behind an open dialog. Comes before each script of browser.rs.

const KINDS = {
  button: "button, input[type=submit], input[type=button], summary, [role=button], [role=tab], [role=switch]",
  link: "a[href]",
  field: "input:not([type=hidden], [type=submit], [type=button]), textarea, select",
  group: "fieldset, [role=group], [role=radiogroup]",
  heading: "h1, h2, h3, h4, h5, h6",
  option: "[role=option]",
};

/** What may hold a thing and the text that tells it from others like it. */
const AREAS = "tr, li, article, section, fieldset, details, form, dialog, [role=group], [role=region], dl > div, main";

/** What a label says beside the name. */
const BESIDE_THE_NAME = ".optional, .help, [aria-hidden=true]";

const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();

const shows = (it) => it.getClientRects().length > 0 && it.checkVisibility({ visibilityProperty: true });

/** The topmost dialog that is open, or the page. */
const front = () => [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;

function namesOf(it) {
  const labels = [];
  const ids = it.getAttribute("aria-labelledby");
  if (ids) labels.push(ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent).join(" "));
  if (it.hasAttribute("aria-label")) labels.push(it.getAttribute("aria-label"));
  const elements = it.matches("fieldset") ? [it.querySelector("legend")] : it.labels?.length ? it.labels : it.matches("input:not([type=submit], [type=button]), textarea, select") ? [] : [it];
  for (const element of elements) {
    if (!element) continue;
    const short = element.cloneNode(true);
    short.querySelectorAll(BESIDE_THE_NAME).forEach((extra) => extra.remove());
    short.querySelectorAll(".hint").forEach((extra) => extra.remove());
    labels.push(element.textContent, short.textContent);
  }
  if (it.matches("input[type=submit], input[type=button]")) labels.push(it.value);
  it.querySelectorAll?.("img[alt]").forEach((image) => labels.push(image.alt));
  labels.push(it.getAttribute("title"));
  return labels.map(squeeze).filter(Boolean);
}

const isFile = (it) => it.matches("input[type=file]");

/** All of a kind in an area that can be used now. */
function usable(kind, area) {
  const all = [...area.querySelectorAll(KINDS[kind])];
  return all.filter((it) => (shows(it) || isFile(it)) && !it.matches(":disabled, [aria-disabled=true]"));
}

/** The areas that say this text; the page or its dialog when none is asked for. */
function areas(text) {
  if (!text) return [front()];
  return [front(), ...front().querySelectorAll(AREAS)].filter((it) => shows(it) && squeeze(it.innerText).includes(text));
}

/** `{element}`, or `{problem}` in words. Of areas in each other the innermost counts that has what is looked for. */
function find(kind, name, beside) {
  const places = areas(beside);
  if (!places.length) return { problem: `nothing says “${beside}”` };
  const called = (area) => usable(kind, area).filter((it) => namesOf(it).includes(name));
  const holding = places.map((area) => ({ area, found: called(area) })).filter(({ found }) => found.length);
  const innermost = holding.filter(({ area }) => !holding.some((other) => other.area !== area && area.contains(other.area)));
  const found = innermost.flatMap((it) => it.found);
  const targets = new Set(found.map((it) => it.href ?? it));
  if (targets.size > 1) return { problem: `${targets.size} of the kind ${kind} are called “${name}”; say beside what` };
  if (found.length) return { element: found[0] };
  const others = usable(kind, places[0]).map((it) => namesOf(it)[0] ?? "?");
  return { problem: `none called “${name}”, but: ${others.join(" | ") || "none at all"}` };
}

/** The page as a person reads it. */
const words = () => squeeze(document.body.innerText);

/** Whether the page has drawn what it wanted to show first. */
function isReady() {
  const content = document.getElementById("konten");
  return document.readyState === "complete" && (!content || "ready" in content.dataset);
}
