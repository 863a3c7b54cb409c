// Calendar days, which the API sends as `2026-11-30`, as people read them; and which day it is now
// in a zone. (Moments come with their text and zone from the API itself: ui.moment.)

import { now } from "/js/api.js";

const PLACES = { WIB: "Asia/Jakarta", WITA: "Asia/Makassar", WIT: "Asia/Jayapura" };

const DAY_MS = 86_400_000;

const writer = (options) => new Intl.DateTimeFormat("id-ID", { timeZone: "UTC", ...options });
const whole = writer({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const plain = writer({ day: "numeric", month: "long", year: "numeric" });
const short = writer({ day: "numeric", month: "short" });
const brief = writer({ day: "numeric", month: "short", year: "numeric" });
const month = writer({ month: "short" });

/** `Senin, 30 November 2026`. */
export function dayText(day) {
  return whole.format(noon(day));
}

/** `30 November 2026`. */
export function plainDay(day) {
  return plain.format(noon(day));
}

/** `30 Nov`. */
export function shortDay(day) {
  return short.format(noon(day));
}

/** `30 Nov 2026`. */
export function briefDay(day) {
  return brief.format(noon(day));
}

/** `Nov`. */
export function monthText(day) {
  return month.format(noon(day));
}

/** The day it is now in a zone (`WIB`), as the API writes days. */
export function today(zone) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: PLACES[zone] }).format(now());
}

/** This moment with its zone, as the API writes moments: `Senin, 30 November 2026 pukul 09.00 WIB`. */
export function nowText(zone) {
  const options = { timeZone: PLACES[zone], weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" };
  const parts = Object.fromEntries(new Intl.DateTimeFormat("id-ID", options).formatToParts(now()).map((it) => [it.type, it.value]));
  return `${parts.weekday}, ${parts.day} ${parts.month} ${parts.year} pukul ${parts.hour}.${parts.minute} ${zone}`;
}

/** The zone of a moment of the API, which ends its text: whose days count there. */
export function zoneOf(moment) {
  return moment.text.split(" ").at(-1);
}

/** How many days lie from one day to another. */
export function daysBetween(from, until) {
  return Math.round((noon(until) - noon(from)) / DAY_MS);
}

/** Noon of it in no zone at all: never another day by rounding. */
function noon(day) {
  return Date.parse(`${day}T12:00:00Z`);
}
