// What became of a payment whose answer was lost: asked until it is known. The needle swings.
import { within } from "./within.js";

const EACH_MS = 2000;
const LATE_MS = 120000;
const SURE_AFTER = 3; // the server knew nothing so many times running: "no" is made final
const KEPT = "bousol-envoi";

export function remember(key, sum) {
  try { localStorage.setItem(KEPT, JSON.stringify({ key, sum })); } catch { /* the key is in a cookie, too */ }
}
export function forget(key) {
  try { if (remembered(key) !== null) localStorage.removeItem(KEPT); } catch { /* nothing was kept */ }
}
export function remembered(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    return kept?.key === key ? kept.sum : null;
  } catch { return null; }
}

async function became(key, close) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const answer = await fetch("/v1/outcomes", { method: "POST", headers, body: JSON.stringify({ key, close }), signal: within(8000) });
  if (!answer.ok) return null; // the service does not know yet, or asks who we are
  return answer.json();
}

export function check(root) {
  const box = root.querySelector("[data-checking]");
  const { key, here } = box.dataset;
  const cut = box.querySelector("[data-cut]");
  let unknown = 0, asking = false;

  async function ask(close = false) {
    if (asking || !box.isConnected) return;
    asking = true;
    try {
      const told = await became(key, close);
      cut.hidden = true;
      if (told && told.state !== "unknown") { done(told); return; }
      unknown = told ? unknown + 1 : 0;
    } catch { cut.hidden = false; } finally { asking = false; }
    if (unknown >= SURE_AFTER && !close) { unknown = 0; await ask(true); }
  }
  function done(told) {
    clearInterval(going);
    forget(key);
    location.replace(told.receipt ? `/paye/${told.receipt.payment}` : here);
  }

  const going = setInterval(ask, EACH_MS);
  setTimeout(() => { box.querySelector("[data-late]").hidden = false; }, LATE_MS);
  addEventListener("online", () => ask());
  root.querySelector("[data-again]").addEventListener("click", (event) => { event.preventDefault(); ask(); });
  root.querySelector("[data-close]").addEventListener("submit", (event) => { event.preventDefault(); ask(true); });
  ask();
}
