// The token of a single-use link. It stands behind `#`, so that no server and no log on the way has
// seen it. This module depends on nothing, so that the token leaves the address bar (and whatever
// a browser remembers) at once, before the page itself is there.

export const token = location.hash.slice(1);

history.replaceState(null, "", location.pathname);
