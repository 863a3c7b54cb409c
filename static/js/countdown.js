// <akses-countdown until="2026-11-25T07:59:06+07:00">: time left by the service's clock, changing by
// the minute (by the second in the last one) and read out only when asked (role=timer). `over` fires
// once, when nothing is left. With the attribute `past` it goes on and says how long ago that was.

import { now } from "/js/api.js";
import { countdown as t } from "/js/texts.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Time left as people say it. */
export function leftText(ms) {
  return ms > 0 ? t.left(lengthText(ms)) : t.over;
}

/** A length of time by its two largest parts. */
export function lengthText(ms) {
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const pair = (large, small) => [large, small].filter(Boolean).join(" ");
  if (days) return pair(t.days(days), hours && t.hours(hours));
  if (hours) return pair(t.hours(hours), minutes && t.minutes(minutes));
  return minutes ? t.minutes(minutes) : t.seconds(Math.ceil(ms / SECOND_MS));
}

/** In how many ms the text reads otherwise. */
function nextChange(left) {
  const step = left > 0 && left <= MINUTE_MS ? SECOND_MS : MINUTE_MS;
  return left > 0 ? left % step || step : step - (-left % step);
}

class Countdown extends HTMLElement {
  #isOver = false;
  #woken = null;

  connectedCallback() {
    this.setAttribute("role", "timer");
    // A lid that was closed stops the timer, not the time.
    this.#woken = new AbortController();
    document.addEventListener("visibilitychange", () => document.hidden || this.tick(), { signal: this.#woken.signal });
    this.tick();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.#woken.abort();
  }

  tick() {
    clearTimeout(this.timer);
    const left = Date.parse(this.getAttribute("until")) - now();
    const isPast = left <= 0;
    const goesOn = !isPast || this.hasAttribute("past");
    this.textContent = isPast && goesOn ? t.ago(lengthText(-left)) : leftText(left);
    if (goesOn) this.timer = setTimeout(() => this.tick(), nextChange(left));
    if (isPast && !this.#isOver) {
      this.#isOver = true;
      this.dispatchEvent(new Event("over", { bubbles: true }));
    }
  }
}

customElements.define("akses-countdown", Countdown);
