// Pendaftaran Akses, "Hubungkan atau Buat Akses": four steps in one page. The address says which
// step it is and for which role, so that the browser's Back, a reload and a link all work.

import { Offline } from "/js/api.js";
import { fill, h } from "/js/dom.js";
import { start } from "/js/page.js";
import { registration as texts } from "/js/texts/registration.js";
import { problemNotice } from "/js/ui.js";

const t = texts.stages;

/** Each step with what it needs is its own download: the first one is there sooner. */
const STEPS = {
  peran: async () => (await import("/js/registration/role-step.js")).roleStep,
  formulir: async () => (await import("/js/registration/form-step.js")).formStep,
  tinjau: async () => (await import("/js/registration/review-step.js")).reviewStep,
  terkirim: async () => (await import("/js/registration/result-step.js")).resultStep,
};

const NAMES = Object.keys(STEPS);

/** After the first step is there, the others are fetched before a line can drop between them. */
const FETCH_OTHERS_AFTER_MS = 1_500;

/** The function that draws a step. */
function stepOf(name) {
  return STEPS[name]().catch((error) => {
    throw new Offline(error);
  });
}

/** Which step this address means: `?role=` leads to its form, `?terkirim=` to what became of it. */
function placeOf({ search, hash }) {
  const asked = new URLSearchParams(search);
  const [role, access, sent] = ["role", "akses", "terkirim"].map((name) => asked.get(name) ?? "");
  const named = NAMES.includes(hash.slice(1)) ? hash.slice(1) : "formulir";
  if (sent) return { step: "terkirim", sent };
  return { step: role ? named : "peran", role, access };
}

function addressOf(step, { role, access, sent }) {
  const asked = new URLSearchParams(Object.entries({ role, akses: access, terkirim: sent }).filter(([, value]) => value));
  return `${location.pathname}?${asked}#${step}`;
}

class Wizard {
  #turn = 0;
  #opened = null;

  constructor(me, content) {
    this.me = me;
    this.content = content;
    this.heading = null;
    /** What SiRUP said, until the form has taken it over. */
    this.linked = null;
    /** What a step follows by itself; ends with the step. */
    this.live = null;
  }

  /** To another step. `access`: the rejected one to mend; `sent`: the one that was sent; `field`: where to stand. */
  go(step, role, { access, sent, field, replace = false } = {}) {
    const from = placeOf(location);
    const address = addressOf(step, { role, access: access ?? (role === from.role ? from.access : ""), sent });
    // Back finds the role that was chosen.
    if (from.step === "peran" && !replace) history.replaceState(null, "", addressOf("peran", { role }));
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    return this.show({ field });
  }

  /** Draws the step that the address says. */
  async show({ field, isFirst = false } = {}) {
    this.#turn += 1;
    const turn = this.#turn;
    this.live?.stop();
    const place = { ...placeOf(location), field };
    try {
      const draw = await stepOf(place.step);
      const shown = await draw(this, place);
      // A step that leads on to another has nothing to show.
      if (turn === this.#turn && shown) this.#draw(place, shown, isFirst);
    } catch (error) {
      // A link with a role that nobody can ask for: choose another one.
      if (error.fields?.some((it) => it.field === "role")) return this.go("peran", "", { replace: true });
      if (turn === this.#turn) fill(this.content, problemNotice(error, () => this.show({ field })));
    }
  }

  #draw(place, { title, nodes, shown }, isFirst) {
    this.heading = h("h2", { class: "first", tabindex: "-1" }, title);
    fill(this.content, stages(place.step), this.heading, nodes);
    document.title = t.title(title);
    if (!isFirst) {
      scrollTo(0, 0);
      this.heading.focus();
    }
    shown?.();
  }

  /** The registration for this role, read once and kept for as long as the role stays. */
  async registration({ role, access }) {
    const name = `${role} ${access}`;
    if (this.#opened?.name !== name) {
      this.forget();
      const { Registration } = await import("/js/registration/registration.js");
      this.#opened = { name, registration: await Registration.open(this.me, role, access) };
    }
    const { registration } = this.#opened;
    if (this.linked) await this.#takeLinked(registration);
    return registration;
  }

  /** The next step reads anew. */
  forget() {
    this.#opened?.registration.draft.close();
    this.#opened = null;
  }

  async #takeLinked(registration) {
    const { previous_user_name: name, full_name: person, role, place, chosen } = this.linked;
    this.linked = null;
    // What is known now is asked no more, though this form may have been open before.
    await registration.ask();
    await registration.fill(registration.values);
    const isTaken = await registration.takePlace(place);
    registration.news.push(["good", [texts.sirup.linked(name, person), isTaken ? texts.sirup.taken : ""].join(" ").trim()]);
    if (role && role !== chosen) registration.news.push(["info", texts.sirup.otherRole(role)]);
  }
}

/** The steps as a list; where one is, is said and not only drawn. */
function stages(step) {
  const at = NAMES.indexOf(step);
  const one = (name, index) => {
    const isDone = index < at;
    const done = isDone ? h("span", { class: "unseen" }, `${t.done} `) : null;
    return h("li", { class: isDone ? "done" : null, "aria-current": index === at ? "step" : null }, h("span", null, done, t.names[name]));
  };
  return h("ol", { class: "stages", "aria-label": t.label }, NAMES.map(one));
}

start(async ({ me, content }) => {
  const wizard = new Wizard(me, content);
  // The skip link changes the fragment, too: that is no step.
  addEventListener("popstate", () => NAMES.includes(location.hash.slice(1) || "peran") && wizard.show());
  await wizard.show({ isFirst: true });
  setTimeout(() => NAMES.forEach((name) => stepOf(name).catch(() => {})), FETCH_OTHERS_AFTER_MS);
});
