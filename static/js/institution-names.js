// Institutions by the codes that letters name them by.

import { get } from "/js/api.js";

const PAGE_ROWS = 100;

/** Institutions with these codes, `[{code, name}]`; those that there are not are left out. */
export async function institutionsByCode(codes) {
  const wanted = new Set(codes);
  const found = [];
  let next = "";
  while (found.length < wanted.size && next !== null) {
    const page = await get(`/api/reference/institutions?limit=${PAGE_ROWS}${next ? `&after=${encodeURIComponent(next)}` : ""}`);
    found.push(...page.items.filter((it) => wanted.has(it.code)).map(({ code, name }) => ({ code, name })));
    next = page.next;
  }
  return found;
}
