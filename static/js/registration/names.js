// Drafts hold ids, and people read names. The service finds by text and not by id, so the pages of
// a list are looked through until the one is there.

import { answered, ApiProblem, get, mending, Offline } from "/js/api.js";

/** As many as the service gives at once. */
const PAGE_SIZE_MAX = 100;

/** What the ids of a form stand for: `{institution, work_unit, document}`, null where there is none (any more). */
export async function namesOf({ institution_kind: kind, institution: id, work_unit: unitId, document: documentId }) {
  const [institution, document] = await Promise.all([institutionOf(id, kind), documentOf(documentId)]);
  return { institution, work_unit: await workUnitOf(unitId, institution), document };
}

function institutionOf(id, kind) {
  const only = kind ? `&kind=${encodeURIComponent(kind)}` : "";
  return id ? find(`/api/reference/institutions?${only}`, (it) => it.id === id) : null;
}

function workUnitOf(id, institution) {
  return id && institution ? find(`/api/reference/work-units?institution=${institution.id}`, (it) => it.id === id) : null;
}

async function find(path, isIt) {
  let after = "";
  for (;;) {
    const { items, next } = await get(`${path}&limit=${PAGE_SIZE_MAX}${after}`);
    const found = items.find(isIt);
    if (found || !next) return found ?? null;
    after = `&after=${encodeURIComponent(next)}`;
  }
}

async function documentOf(id) {
  if (!id) return null;
  try {
    return await mending(() => head(id), { canRepeat: true });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

async function head(id) {
  const response = await fetch(`/api/documents/${id}`, { method: "HEAD" }).catch((error) => {
    throw new Offline(error);
  });
  answered(response.status, "", null);
  const [, name] = /filename\*=UTF-8''(\S+)/.exec(response.headers.get("content-disposition")) ?? [];
  return { id, name: decodeURIComponent(name ?? "dokumen.pdf"), size_bytes: Number(response.headers.get("content-length")) };
}
