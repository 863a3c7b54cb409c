// Dasbor: what waits, what will end, and whom to call, by the duties of who looks. What a part of it needs
// is fetched for whom it is for.

import { ApiProblem } from "/js/api.js";
import { laterSection, section, showInOrder } from "/js/dashboard/section.js";
import { addressOf, announceWave, nationalWave, oneWave, ownWave, readWave, spanChoice, wanted } from "/js/dashboard/wave.js";
import { nowText } from "/js/dates.js";
import { fill, h } from "/js/dom.js";
import { start } from "/js/page.js";
import { page } from "/js/texts.js";
import { dashboard as t } from "/js/texts/dashboard.js";
import { linkButton, notice } from "/js/ui.js";

start(async ({ me, content }) => {
  const has = (...duties) => duties.some((duty) => me.duties.includes(duty));
  const isNational = has("directorate");
  const isOfficial = has("vai", "ukpbj-head");
  const isOfReset = has("ukpbj-head", "lpse-head", "lpse-team");
  if (!isNational && !isOfficial && !isOfReset && !me.is_verifier) return notYours();

  const asOf = h("p", { class: "as-of" }, t.asOf(nowText("WIB")));
  const wave = isNational || isOfficial ? waveSection(me, isNational, asOf) : null;
  const sections = [
    me.is_verifier ? section(t.queue.title, async () => (await import("/js/dashboard/queue.js")).queueAge()) : null,
    !isNational && has("ukpbj-head") ? section(t.gaps.titleOwn, async () => (await import("/js/dashboard/gaps.js")).ownGaps()) : null,
    wave,
    isNational ? laterSection(t.gaps.title, async () => (await import("/js/dashboard/gaps.js")).nationalGaps()) : null,
    isOfReset ? laterSection(t.resets.title, async () => (await import("/js/dashboard/resets.js")).resetTimes((await wave?.names) ?? new Map())) : null,
  ];
  fill(content, asOf, h("p", { class: "loading" }, page.loading));
  await showInOrder(content, sections.filter(Boolean));
});

function notYours() {
  return [notice("info", h("p", null, t.notYours.lead), h("p", null, t.notYours.todo)), h("div", { class: "actions" }, linkButton(t.notYours.go, "/akses"))];
}

/** `names` on the result is a promise of the names of the institutions by id. */
function waveSection(me, isNational, asOf) {
  let asked = wanted();
  let isAgain = false;
  let tellNames;
  const names = new Promise((resolve) => (tellNames = resolve));
  const load = async () => {
    const wave = await readWave(asked).catch((error) => {
      tellNames(new Map());
      if (error instanceof ApiProblem && error.status === 404) return null;
      throw error;
    });
    if (!wave) return [notice("bad", h("p", null, t.wave.unknown)), h("p", null, h("a", { href: "/dasbor" }, t.wave.back))];
    tellNames(new Map(wave.institutions.map(({ institution }) => [institution.id, institution.name])));
    if (isAgain) announceWave(wave);
    return [spanChoice(asked.weeks, change), await drawn(wave)];
  };
  const drawn = (wave) => {
    const [first] = wave.institutions;
    if (wave.national) return nationalWave(wave, asked);
    if (!isNational) fill(asOf, t.asOf(nowText(first.zone)));
    whole.querySelector("h2").textContent = t.wave.titleOf(first.institution.name);
    return isNational ? oneWave(first, asked) : ownWave(me, wave);
  };
  const change = async (weeks) => {
    asked = { ...asked, weeks };
    isAgain = true;
    history.replaceState(null, "", addressOf(asked));
    await whole.redraw();
    whole.querySelector("select")?.focus();
  };
  const whole = section(t.wave.title, load);
  whole.names = names;
  return whole;
}
