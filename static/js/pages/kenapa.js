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

start(async ({ content }) => {
  const { platforms } = await get("/api/platforms");
  const choices = [{ value: "any", text: t.any }, ...platforms.map((it) => ({ value: it.code, text: it.name }))];
  const asked = query("platform");
  const platform = field({
    name: "platform", label: t.platform, kind: "select", choices,
    value: choices.some((it) => it.value === asked) ? asked : "any",
  });
  const place = h("div");
  const show = () => answer(place, platform.value === "any" ? "" : platform.value, query("akses"));
  platform.addEventListener("change", () => void changed(platform.value, show, place));
  await show();
  fill(content, h("div", { class: "form" }, platform), place);
});

/** The address keeps what was asked, to be sent to somebody or loaded again. */
async function changed(platform, show, place) {
  const address = new URL(location.href);
  if (platform === "any") address.searchParams.delete("platform");
  else address.searchParams.set("platform", platform);
  history.replaceState(null, "", address);
  try {
    await show();
    announce(t.announce);
  } catch (error) {
    fill(place, problemNotice(error, () => changed(platform, show, place)));
  }
}

/** The access whose case is the answer is told with it; the others follow. */
async function answer(place, platform, access) {
  const ask = (after) => get(`/api/why?${new URLSearchParams({ limit: 20, ...(platform && { platform }), ...(access && { access }), ...(after && { after }) })}`);
  const whole = await ask(null).catch(unknownAccess);
  if (!whole) return fill(place, notice("info", h("p", null, texts.access.notFoundTitle)), all());
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
  fill(place,
    h("section", { class: `card answer ${whole.may_enter ? "of-active" : "of-pending"}` },
      h("h2", null, t.answer),
      h("p", { class: "detail" }, whole.detail),
      whole.sign_in_rests_until ? h("p", null, t.rests, moment(whole.sign_in_rests_until), ".") : null,
      told ? [whereOf(told), reasons(told, platform)] : null,
      whole.next_step ? h("p", { class: "actions" }, step(whole.next_step, {}, platform)) : null),
    hasOthers ? [h("h2", null, told ? t.others : t.perAccess), list] : null,
    access ? all() : null);
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
    item.obstacle ? notice("bad", h("p", null, h("strong", null, `${t.obstacle}: `), item.obstacle.text), h("p", null, t.obstacleSource(item.obstacle.source))) : null,
    h("p", { class: "actions" }, step(item.next_step, item, platform)),
  ];
}

/** The service names the operation; here is the page on which it is done. */
function step({ step: name, text }, item, platform) {
  const at = platform ? `/platform?platform=${encodeURIComponent(platform)}` : "/platform";
  const pages = {
    wait: () => linkButton(text, places.list(item.access), "second"),
    "ask-verifier": () => [h("span", null, t.askVerifier), linkButton(texts.home.tasks.overdueButton, places.list(item.access), "second")],
    meet: () => linkButton(text, places.meeting(item.meeting?.request ?? "")),
    "register-again": () => linkButton(text, places.registerAgain({ id: item.access, role: item.role })),
    reactivate: () => linkButton(text, places.renew(item.access)),
    register: () => linkButton(text, "/daftar-akses"),
    "accept-terms": () => linkButton(text, at),
    enter: () => linkButton(text, at),
  };
  return pages[name]?.() ?? h("span", null, t.help);
}
