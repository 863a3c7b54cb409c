// Sends the new password with the token of the link. The token stands behind `#`, so no
// server and no log on the way has seen it; it leaves the address bar at once.

const form = document.getElementById("formulir");
const news = document.getElementById("kabar");
const [password, again] = form.querySelectorAll("input");
const button = form.querySelector("button");

const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

function say(text, isGood = false) {
  news.textContent = text;
  news.className = isGood ? "notice good" : "notice bad";
}

if (!/^[0-9a-f]{64}$/.test(token)) {
  say("Tautan ini tidak lengkap. Buka lagi pesan di Kotak Pesan Anda, lalu ikuti tautannya.");
  form.hidden = true;
}

/** What is wrong before anything is sent; null when nothing is. */
function objection() {
  const count = [...password.value].length;
  if (count < 12) return [password, "Kata sandi ini terlalu pendek. Pakai paling sedikit 12 karakter."];
  if (count > 128) return [password, "Kata sandi ini terlalu panjang. Pakai paling banyak 128 karakter."];
  if (password.value !== again.value) return [again, "Kedua isian berbeda. Ketik kata sandi yang sama dua kali."];
  return null;
}

async function send() {
  const headers = { "content-type": "application/json" };
  // Who is signed in on this browser needs the token of our own page.
  const me = await fetch("/api/me");
  if (me.ok) headers["x-csrf-token"] = (await me.json()).csrf_token;
  const body = JSON.stringify({ token, password: password.value });
  const answer = await fetch("/api/password", { method: "POST", headers, body });
  if (answer.ok) {
    form.remove();
    say("Kata sandi baru tersimpan. Masuk kembali dengan kata sandi itu.", true);
    return;
  }
  const problem = await answer.json().catch(() => null);
  say(problem?.detail ?? "Layanan sedang bermasalah. Coba lagi beberapa saat lagi.");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.disabled) return;
  const wrong = objection();
  for (const input of [password, again]) {
    if (wrong?.[0] === input) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
  if (wrong) {
    say(wrong[1]);
    wrong[0].focus();
    return;
  }
  button.disabled = true;
  await send().catch(() => say("Sambungan terputus. Kata sandi belum tersimpan; tekan “Simpan” sekali lagi."));
  button.disabled = false;
});
