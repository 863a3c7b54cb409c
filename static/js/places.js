// Where somebody holds a role. Most hold it at one institution and are asked nothing.

import { getAll } from "/js/api.js";
import { field } from "/js/form.js";
import { verification as t } from "/js/texts/verification.js";

/** The institutions of one's active accesses in a role, each once. */
export async function institutionsAs(role) {
  const accesses = await getAll("/api/accesses?limit=100", "accesses");
  const held = accesses.filter((it) => it.role.id === role && it.status === "active").map((it) => it.institution);
  return held.filter((it, at) => held.findIndex((other) => other.id === it.id) === at);
}

/** The fields that choose one of them: none where there is no choice. */
export function institutionFields(places) {
  if (places.length < 2) return [];
  const choices = places.map((it) => ({ value: it.id, text: it.name }));
  return [field({ name: "institution", label: t.institution, kind: "select", choices })];
}
