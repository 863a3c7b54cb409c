// Which letters a Kepala UKPBJ checked here: the service lists none, so this browser keeps their
// numbers and moments, and nothing about anybody in them.

const PLACE = "akses.surat";

const KEPT = 50;

/** The latest first: `[{ id, checked }]`. */
export function knownLetters(person) {
  try {
    return JSON.parse(localStorage.getItem(`${PLACE}.${person.id}`)) ?? [];
  } catch {
    return [];
  }
}

export function rememberLetter(person, letter) {
  const others = knownLetters(person).filter((it) => it.id !== letter.id);
  const letters = [{ id: letter.id, checked: letter.checked.text }, ...others].slice(0, KEPT);
  try {
    localStorage.setItem(`${PLACE}.${person.id}`, JSON.stringify(letters));
  } catch {
    // Then the address of its page is the only way back to it.
  }
}
