// The till: keypad, code, card, refusal and green, one after the other on one page, so that sound
// stays unlocked and a payment from anywhere turns it green within a moment of its commit.
import { ask, cents, hour, Lost, now, written } from "./till_ask.js";
import { cards } from "./till_card.js";
import { connection, follow } from "./till_stream.js";
import * as sound from "./till_sound.js";
import { codes } from "./till_code.js";
import { green } from "./till_green.js";
import { turns } from "./till_word.js";

const desk = document.getElementById("caisse");
const grid = document.getElementById("etats");
const amount = document.getElementById("montant");
const told = document.getElementById("dit");
const line = connection(hour);
const shown = green(desk);
const wide = matchMedia("(min-width: 820px)");
const FRESH = 3 * 60_000;
const seen = new Set([document.getElementById("recu").dataset.entry]);
let back = 0;
let current = null;

function show(state, sum) {
  if (!grid) return;
  if (state !== "keypad") tell("");
  grid.dataset.state = state;
  if (sum) for (const place of grid.querySelectorAll(`.pane-${state} [data-amount]`)) place.textContent = written(sum);
  const pane = grid.querySelector(`.pane-${state}`);
  const moves = state === "code" ? !wide.matches : ["again", "checking", "refused"].includes(state);
  if (moves) { pane.tabIndex = -1; pane.focus({ preventScroll: true }); scrollTo(0, 0); }
}

function tell(text) {
  told.textContent = "";
  if (!text) return;
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = text;
  told.append(note);
}

const till = {
  show,
  heard: sound.unlock,
  now,
  // The next customer: an amount that was typed meanwhile for somebody else stays.
  next() {
    code.drop();
    amount.value = "";
    current = null;
    show("keypad");
    amount.focus({ preventScroll: true });
  },
  refused(sum) {
    show("refused", sum);
    sound.refused();
  },
  nothing() {
    show("keypad");
    tell(told.dataset.nothing);
  },
  paid(facts, own = false) {
    if (seen.has(facts.entry)) return;
    seen.add(facts.entry);
    const mine = own || code.asks(facts) || cents(amount.value) === facts.amount.amount;
    if (mine) current = facts.entry;
    if (code.asks(facts)) code.drop();
    shown.push(facts);
    sound.received();
  },
  async ask(sum) {
    const body = { till: desk.dataset.till, amount: { amount: sum, currency: desk.dataset.currency } };
    if (desk.dataset.shift) body.shift = desk.dataset.shift;
    try {
      const { ok, data } = await ask("POST", "/v1/payment-requests", body);
      if (ok) return data;
      tell(`${data.title}. ${data.detail}`);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      tell(told.dataset.offline);
    }
    show("keypad");
    return null;
  },
};

const code = grid ? codes(till) : { drop() {}, asks: () => false };
const card = grid ? cards(desk, till) : null;

function wanted() {
  const sum = cents(amount.value);
  if (!sum) { amount.setAttribute("aria-invalid", "true"); amount.focus(); }
  return sum;
}

if (grid) {
  amount.addEventListener("input", () => amount.removeAttribute("aria-invalid"));
  const keypad = document.getElementById("clavier");
  let busy = false;
  keypad.addEventListener("submit", async (event) => {
    event.preventDefault();
    const sum = wanted();
    if (!sum || busy) return;
    tell("");
    if (event.submitter?.id === "carte-ouvrir") { code.drop(); card.open(sum); return; }
    busy = true;
    card.close();
    await code.open(sum);
    busy = false;
  });
  grid.addEventListener("click", (event) => {
    const to = event.target.closest("[data-go]")?.dataset.go;
    if (!to) return;
    event.preventDefault();
    card.close();
    if (to === "next") { till.next(); return; }
    code.drop();
    show("keypad");
    amount.focus({ preventScroll: true });
  });
  document.getElementById("code-carte").addEventListener("click", (event) => {
    event.preventDefault();
    const sum = code.sum();
    code.drop();
    card.open(sum);
  });
  // Opened in the middle of something, such as after a reload: it goes on here.
  if (grid.dataset.state === "card" && wanted()) card.open(cents(amount.value));
  else if (grid.dataset.state === "code") code.adopt();
  else if (grid.dataset.state === "keypad" && wide.matches) amount.focus({ preventScroll: true });
}

shown.dismissed = () => {
  if (grid && (current || grid.dataset.state === "received")) till.next();
  current = null;
};

sound.sounds(document.getElementById("son"));

follow(desk.dataset.till, desk.dataset.since, {
  event(name, facts) {
    const late = new Date(facts.posted_at).getTime() < back;
    if (name === "payment" && late) line.caught();
    if (name === "payment" && now() - new Date(facts.posted_at).getTime() < FRESH) till.paid(facts);
  },
  up(again) {
    if (again) { back = now(); sound.back(); }
    line.up(again);
  },
  down: line.down,
  out() { location.reload(); return "out"; },
});

turns(desk, now, () => line.live() && shown.idle() && grid?.dataset.state === "keypad" && !amount.value);

// The screen of a till does not go dark, where the browser can help it.
async function stayAwake() {
  try { if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen"); } catch { /* it may */ }
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
