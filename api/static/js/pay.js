// Paying: what remains while one types, the form sent without leaving the page, the countdown.
// The key of the payment stands in the form; whatever happens, it is sent with that key only.
import { offerPasskey } from "./confirm-passkey.js";
import { pads } from "./keypad.js";
import { check, forget, remember, remembered } from "./pay-checking.js";
import { within } from "./within.js";

const language = document.documentElement.lang;
const LONG_MS = 8000; // a server that has not answered by then is asked what became of it

const figures = new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", { minimumFractionDigits: 2 });
export const money = (cents, symbol) => `${figures.format(cents / 100)}\u00a0${symbol}`;

function cents(text) {
  const found = /^(\d{1,9})(?:[.,](\d{0,2}))?$/.exec(text.replace(/[\s\u00a0\u202f]/g, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : 0;
}

function price(form) {
  const field = form.elements.montant;
  return form.dataset.price ? Number(form.dataset.price) : cents(field.value);
}

function tell(form) {
  if (form.dataset.price) return; // fixed: everything was written with the page
  const { symbol, available, free, verb, left, short, most } = form.dataset;
  const sum = price(form), rest = Number(available) - sum;
  form.querySelector("[data-label]").textContent = sum ? `${verb} ${money(sum, symbol)}` : verb;
  const line = form.querySelector("[data-left-line]");
  if (line) {
    const words = !sum ? most : rest >= 0 ? left : short;
    const figure = document.createElement("b");
    figure.className = "nb";
    figure.textContent = money(sum ? Math.abs(rest) : Number(available), symbol);
    line.replaceChildren(`${words} `, figure);
  }
  const place = form.querySelector("[data-pin-place]");
  if (!place) return;
  const needed = sum > Number(free);
  if (needed && !place.firstElementChild) {
    place.append(form.querySelector("[data-pin-template]").content.cloneNode(true));
    offerPasskey();
  } else if (!needed) place.replaceChildren();
}

function waiting(form, on) {
  const button = form.querySelector(".btn-pay"), label = button.querySelector("[data-label]");
  if (on) {
    button.dataset.waiting = label.textContent;
    label.textContent = button.dataset.busy;
    button.setAttribute("aria-busy", "true");
  } else if (button.dataset.waiting) {
    label.textContent = button.dataset.waiting;
    delete button.dataset.waiting;
    button.removeAttribute("aria-busy");
  }
}

function noNetwork(form) {
  const told = form.querySelector("[data-no-network]");
  told.hidden = false;
  told.scrollIntoView({ block: "nearest" });
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  if (!page.querySelector("main")) throw new Error("no page of ours");
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  const main = document.querySelector("main");
  start(main);
  scrollTo(0, 0);
  (main.querySelector("[name=code]") ?? main).focus({ preventScroll: true });
}

function checking(form) {
  const sum = price(form), key = form.dataset.key;
  const shown = document.querySelector("[data-checking-template]").content.cloneNode(true);
  const line = shown.querySelector("[data-sum-line]");
  line.hidden = !sum;
  shown.querySelector("[data-sum]").textContent = figures.format(sum / 100);
  const box = shown.querySelector("[data-checking]");
  box.dataset.here = box.dataset.here.replace(/montant=\d+/, `montant=${sum}`);
  for (const link of shown.querySelectorAll("[data-again]")) link.href = box.dataset.here;
  shown.querySelector("[data-close]").action = box.dataset.here;
  remember(key, sum);
  const main = document.querySelector("main");
  main.replaceChildren(shown);
  main.focus({ preventScroll: true });
  check(main);
}

async function send(form) {
  const key = form.dataset.key;
  form.querySelector("[data-no-network]").hidden = true;
  if (!navigator.onLine) { noNetwork(form); return; }
  form.dataset.sent = "1";
  waiting(form, true);
  let sending;
  try {
    sending = fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: within(LONG_MS) });
  } catch { // this browser cannot: nothing has left, and the form sends itself
    HTMLFormElement.prototype.submit.call(form);
    return;
  }
  try {
    const answer = await sending;
    if (answer.status >= 500) throw new Error("nobody knows yet");
    const html = await answer.text();
    if (answer.redirected) { paid(answer.url); forget(key); location.assign(answer.url); return; }
    show(html);
    forget(key);
  } catch {
    checking(form);
  }
}

// A phone buzzes for a page that was touched, so here rather than on the green one.
function paid(address) {
  const payment = /\/paye\/([\w-]+)$/.exec(address)?.[1];
  if (!payment) return;
  navigator.vibrate?.(60);
  try { sessionStorage.setItem("bousol-paye", payment); } catch { /* it buzzes twice */ }
}

function countdown(line) {
  const ahead = Number(line.dataset.now) * 1000 - Date.now(), until = Number(line.dataset.until) * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((until - Date.now() - ahead) / 1000));
    const words = left >= 60 ? line.dataset.words : line.dataset.shortWords;
    line.textContent = words.replace("{minutes}", Math.floor(left / 60)).replace("{seconds}", left % 60);
    if (left < 30) line.dataset.soon = "1";
    if (left) return;
    clearInterval(going);
    if (line.isConnected && !line.closest("form").dataset.sent) location.reload();
  };
  const going = setInterval(tick, 1000);
  tick();
}

function start(root) {
  pads(root);
  for (const line of root.querySelectorAll("[data-until]")) countdown(line);
  for (const form of root.querySelectorAll("[data-pay]")) {
    form.addEventListener("input", () => tell(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!form.dataset.sent) send(form);
    });
    tell(form);
    // Sent before this page was closed, and nobody heard what became of it.
    const sum = remembered(form.dataset.key);
    if (sum !== null) { if (!form.dataset.price) { form.elements.montant.value = (sum / 100).toFixed(2); } checking(form); }
  }
  if (root.querySelector("[data-checking]")) check(root);
}

start(document);
addEventListener("pageshow", (event) => {
  // Back to a page that the browser kept: what it knows is old.
  if (event.persisted && document.querySelector("[data-pay]")) location.reload();
});
