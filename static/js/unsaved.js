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
