// What was typed survives a closed tab: kept in this browser, for this person, until it was
// sent or they sign out. (A registration is kept by the service itself, on any machine.)

const PREFIX = "akses.draf.";

/** Older than this, a draft says nothing about what people want now. */
const KEPT_DAYS = 30;

/** The draft of one form of one person: `localDraft(me, "nonaktifkan:" + id)`. */
export function localDraft(person, name) {
  const place = `${PREFIX}${person.id}.${name}`;
  return {
    save(values) {
      try {
        localStorage.setItem(place, JSON.stringify({ at: Date.now(), values }));
      } catch {
        // A full or closed store loses only the draft, never what is on the page.
      }
    },
    load() {
      try {
        const { at, values } = JSON.parse(localStorage.getItem(place));
        return isKept(at) ? values : null;
      } catch {
        return null;
      }
    },
    drop() {
      localStorage.removeItem(place);
    },
  };
}

function isKept(at) {
  return Date.now() - at < KEPT_DAYS * 86_400_000;
}

/** All drafts of everybody in this browser, at sign-out: the next person may be another. */
export function dropDrafts() {
  drop(() => true);
}

function drop(isOver) {
  for (const place of Object.keys(localStorage)) {
    if (place.startsWith(PREFIX) && isOver(place)) localStorage.removeItem(place);
  }
}

// Names and numbers of a form that nobody opens again would lie here for ever.
try {
  drop((place) => !isKept(JSON.parse(localStorage.getItem(place)).at));
} catch {
  // A closed store keeps nothing; what is no draft of ours stays.
}

// Leaving a page with changes that were not sent asks first.

const holders = new Set();

/** `holder` (a form) has changes that leaving would lose, or no longer. */
export function setUnsaved(holder, isUnsaved) {
  if (isUnsaved) holders.add(holder);
  else holders.delete(holder);
}

/** Goes to another page without asking: what was to be sent was sent. */
export function leaveTo(address) {
  holders.clear();
  location.assign(address);
}

addEventListener("beforeunload", (event) => {
  if ([...holders].some((holder) => holder.isConnected)) event.preventDefault();
});
