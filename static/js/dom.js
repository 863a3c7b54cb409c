// Elements in one line each. Nothing here takes HTML as text, so nothing that people
// typed can become markup, and no style is written inline (the policy forbids it).

/** Properties that are set as such, because the attribute means only their first value. */
const LIVE = new Set(["value", "checked", "disabled", "hidden", "open", "selected", "indeterminate"]);

/**
 * Makes an element.
 *
 * `h("button", { type: "submit", class: "main", onclick: send }, "Kirim")`. A property
 * that begins with `on` is a listener, `dataset` an object; `true` sets an empty
 * attribute, `false`, `null` and `undefined` none. Children are nodes, texts, arrays of
 * them, or nothing.
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name.startsWith("on") && typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (name === "dataset") {
      Object.assign(element.dataset, value);
    } else if (LIVE.has(name)) {
      element[name] = value ?? (name === "value" ? "" : false);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...nodes(children));
  return element;
}

/** All children as nodes, without the empty ones. */
function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Puts these children in place of all that `parent` has. */
export function fill(parent, ...children) {
  parent.replaceChildren(...nodes(children));
  return parent;
}

let lastId = 0;

/** An id that no other element of this page has, for `for`, `aria-describedby` and the like. */
export function newId(prefix = "e") {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** The value of `?name=` of this page's address; empty when there is none. */
export function query(name) {
  return new URLSearchParams(location.search).get(name) ?? "";
}
