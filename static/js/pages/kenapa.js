// "Mengapa saya tidak bisa masuk?": the whole answer in a sentence, then access by access since when, through
// whom, by which rule, what to do and until when.

import { ApiProblem, get } from "/js/api.js";
import { places } from "/js/accesses.js";
import { fill, h, query } from "/js/dom.js";
import { field } from "/js/form.js";
import { start } from "/js/page.js";
import { accesses as texts } from "/js/texts/accesses.js";
import { announce, badge, deadline, facts, linkButton, moment, notice, pagedList, problemNotice } from "/js/ui.js";

const t = texts.why;

const PAGE_SIZE = 20;

/** No platform in particular. */
const ANY = "any";

start(async ({ content }) => {
  const { platforms } = await get("/api/platforms");
  const choices = [{ value: ANY, text: t.any }, ...platforms.map((it) => ({ value: it.code, text: it.name }))];
  const asked = query("platform");
  const platform = field({
    name: "platform", label: t.platform, kind: "select", choices,
    value: choices.some((it) => it.value === asked) ? asked : ANY,
  });
  const place = h("div");
  const code = () => (platform.value === ANY ? "" : platform.value);
  platform.addEventListener("change", () => void changed(code, place));
  fill(place, await answer(code(), query("akses")));
  fill(content, h("div", { class: "form" }, platform), place);
});

/** The address keeps what was asked, to be sent to somebody or loaded again. */
async function changed(code, place) {
  const asked = code();
  const address = new URL(location.href);
  if (asked) address.searchParams.set("platform", asked);
  else address.searchParams.delete("platform");
  history.replaceState(null, "", address);
  const shown = await answer(asked, query("akses")).catch((error) => problemNotice(error, () => changed(code, place)));
  // Meanwhile somebody with arrow keys has come to the next one.
  if (code() !== asked) return;
  fill(place, shown);
  announce(t.announce);
}

/** The access whose case is the answer is told with it; the others follow. */
async function answer(platform, access) {
  const ask = (after) => get(`/api/why?${parameters({ limit: PAGE_SIZE, platform, access, after })}`);
  const whole = await ask(null).catch(unknownAccess);
  if (!whole) return [notice("info", h("p", null, texts.access.notFoundTitle)), all()];
  const told = whole.accesses.find((item) => item.detail === whole.detail);
  const list = pagedList({
    load: async (after) => {
      const { accesses: items, next } = after ? await ask(after) : whole;
      return { items: items.filter((item) => item !== told), next };
    },
    row: (item) => card(item, platform),
    empty: null,
    label: t.perAccess,
  });
  await list.ready;
  const hasOthers = whole.next || whole.accesses.some((item) => item !== told);
  return [
    h("section", { class: `card answer ${whole.may_enter ? "of-active" : "of-pending"}` },
      h("h2", null, t.answer),
      h("p", { class: "detail" }, whole.detail),
      whole.sign_in_rests_until ? h("p", null, t.rests, moment(whole.sign_in_rests_until), ".") : null,
      told ? [whereOf(told), reasons(told, platform)] : null,
      whole.next_step ? h("p", { class: "actions" }, step(whole.next_step, {}, platform)) : null),
    hasOthers ? [h("h2", null, told ? t.others : t.perAccess), list] : null,
    access ? all() : null,
  ];
}

/** Only what was asked for. */
function parameters(values) {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value));
}

function unknownAccess(error) {
  if (error instanceof ApiProblem && error.status === 404) return null;
  throw error;
}

function all() {
  return h("p", null, h("a", { href: "/kenapa" }, t.all));
}

function card(item, platform) {
  return h("li", { class: "card" },
    h("h3", null, item.role.name),
    whereOf(item),
    h("p", null, item.detail),
    reasons(item, platform));
}

function whereOf(item) {
  return [
    h("p", { class: "access-place" }, texts.access.place(item)),
    h("p", null, badge(item), " ", h("strong", null, item.may_enter ? t.may : t.mayNot)),
  ];
}

function reasons(item, platform) {
  return [
    facts([
      [t.since, item.since && moment(item.since)],
      [t.by, item.by?.text],
      [t.until, item.until && [deadline(item.until), item.until.overdue ? h("span", { class: "hint" }, t.overdue) : null]],
      [t.rule, item.rule && [item.rule.text, item.rule.basis ? h("span", { class: "hint" }, t.basis(item.rule.basis)) : null]],
    ]),
    item.obstacle ? obstacle(item.obstacle) : null,
    h("p", { class: "actions" }, step(item.next_step, item, platform)),
  ];
}

function obstacle({ text, source }) {
  return notice("bad", h("p", null, h("strong", null, `${t.obstacle}: `), text), h("p", null, t.obstacleSource(source)));
}

/** The service names the operation; here is the page on which it is done. */
function step({ step: name, text, route }, item, platform) {
  const at = platform ? `/platform?platform=${encodeURIComponent(platform)}` : "/platform";
  const pages = {
    wait: () => linkButton(text, places.list(item.access), "second"),
    "ask-verifier": () => [h("span", null, t.askVerifier), linkButton(texts.home.tasks.overdueButton, places.list(item.access), "second")],
    meet: () => linkButton(text, places.meeting(/requests\/([^/]+)/.exec(route)[1])),
    "register-again": () => linkButton(text, places.registerAgain({ id: item.access, role: item.role })),
    reactivate: () => linkButton(text, places.renew(item.access)),
    register: () => linkButton(text, "/daftar-akses"),
    "accept-terms": () => linkButton(text, at),
    enter: () => linkButton(text, at),
  };
  return pages[name]?.() ?? h("span", null, t.help);
}
