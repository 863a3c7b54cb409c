// <akses-countdown until="2026-11-25T07:59:06+07:00">: time left by the service's clock. It changes
// by the minute (by the second in the last hour) and is read out only when asked (role=timer).

import { now } from "/js/api.js";
import { countdown as t } from "/js/texts.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Time left as people say it: its two largest parts. */
export function leftText(ms) {
  if (ms <= 0) return t.over;
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  if (days) return t.left([t.days(days), hours ? t.hours(hours) : ""].join(" ").trim());
  if (hours) return t.left([t.hours(hours), minutes ? t.minutes(minutes) : ""].join(" ").trim());
  return t.left(minutes ? t.minutes(minutes) : t.seconds(Math.ceil(ms / 1000)));
}

class Countdown extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "timer");
    this.tick();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  tick() {
    const left = Date.parse(this.getAttribute("until")) - now();
    this.textContent = leftText(left);
    if (left <= 0) {
      this.dispatchEvent(new Event("over", { bubbles: true }));
      return;
    }
    this.timer = setTimeout(() => this.tick(), left < HOUR_MS ? 1000 : MINUTE_MS);
  }
}

customElements.define("akses-countdown", Countdown);
