// Keeps looking at what changes by itself: asks, shows, rests as long as the answer says, and asks
// again. A line that drops is told and mended without anybody pressing anything; a page that comes
// back (another tab, a lid that was closed, the browser's Back) asks at once.

import { ApiProblem, Offline } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { live as t } from "/js/texts.js";

/** From a dropped line to the next try: twice as long each time, within bounds. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 30_000;

/** How long a change waits for a person who is answering a dialog. */
const ASKED_AGAIN_MS = 1_000;

/**
 * Follows something until `stop()` of the result, or until `show` says so.
 *
 * `ask(signal)` reads it; `show(answer)` draws it and says after how many ms to ask again (`null`:
 * never); `line(isUp)` hears when the line drops and when it is back; `failed(error)` gets
 * what asking again does not mend. `first` is an answer that is there already. `again()` of the
 * result asks at once.
 */
export function follow({ ask, show, line = () => {}, failed, first }) {
  let round = null;
  let wake = null;
  let misses = 0;
  let isStopped = false;
  let isAway = false;

  const again = () => {
    round?.abort();
    wake?.();
  };
  const look = async () => {
    round = new AbortController();
    const { signal } = round;
    try {
      const answer = await ask(signal);
      if (misses) line(true);
      misses = 0;
      return isStopped ? null : show(answer);
    } catch (error) {
      if (signal.aborted) return 0;
      if (!isPassing(error)) throw error;
      misses += 1;
      if (!isStopped) line(false);
      // Not all at the same moment when the service is back.
      return Math.min(RETRY_MS * 2 ** misses, RETRY_MS_MAX) * (0.5 + Math.random() / 2);
    }
  };
  const rest = (ms) =>
    new Promise((resolve) => {
      const timer = isAway ? null : setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async () => {
    let given = await first;
    while (!isStopped) {
      const ms = given ? show(given) : await look();
      given = null;
      if (ms === null || isStopped) break;
      await rest(ms);
    }
    stop();
  };

  const listening = new AbortController();
  const on = (target, name, act) => target.addEventListener(name, act, { signal: listening.signal });
  const stop = () => {
    isStopped = true;
    listening.abort();
    again();
  };
  // A line that is said to be gone may take long to show it: what waits on it is asked anew.
  on(window, "offline", again);
  on(window, "online", again);
  on(document, "visibilitychange", () => document.hidden || again());
  // A page that is kept for the browser's Back must not hold a line open.
  on(window, "pagehide", () => {
    isAway = true;
    round?.abort();
  });
  on(window, "pageshow", (event) => {
    isAway = false;
    if (event.persisted) again();
  });
  run().catch((error) => {
    if (isStopped) return;
    stop();
    failed(error);
  });
  return { stop, again };
}

/** Whether asking again may mend it: no answer, or a service that is busy. */
function isPassing(error) {
  return error instanceof Offline || (error instanceof ApiProblem && (error.status >= 500 || error.status === 429));
}

/** A line of text that says whether this page still hears the service: `say(isUp)`. */
export function lineState() {
  const text = h("span", null, t.up);
  const whole = h("p", { class: "line up", role: "status" }, text);
  whole.say = (isUp) => {
    whole.className = isUp ? "line up" : "line lost";
    text.textContent = isUp ? t.up : t.lost;
  };
  return whole;
}

/**
 * Draws into `place` what changed by itself. Who stood on an element with a `data-key` stands
 * on the one with the same key afterwards.
 */
export function redraw(place, ...children) {
  const key = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  fill(place, ...children);
  if (key) [...place.querySelectorAll("[data-key]")].find((it) => it.dataset.key === key)?.focus({ preventScroll: true });
}

const title = document.title;

/** Says in the title of the tab what happened, for who waits in another one; nothing: as it was. */
export function markTitle(text) {
  document.title = text ? `${text} · ${title}` : title;
}

/** While a dialog asks something, the page behind it stays as it is: in how many ms to look again; else null. */
export function busyWithDialog() {
  return document.querySelector("dialog[open]") ? ASKED_AGAIN_MS : null;
}
