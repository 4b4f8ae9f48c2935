// The day as it goes: a payment comes on top of the list, a refund marks what it gives back.
import { cents, fill, hour, now, written } from "./till_ask.js";
import { connection, follow } from "./till_stream.js";
import * as sound from "./till_sound.js";

const desk = document.getElementById("caisse");
const list = document.getElementById("lignes");
const blank = document.getElementById("ligne").content.firstElementChild;
const total = document.getElementById("total");
const line = connection(hour);
let back = 0;

const money = (sum, unit = total.dataset.unit) => `${written(Number(sum))}\u00a0${unit}`;

function add(name, facts) {
  if (list.querySelector(`[data-entry="${CSS.escape(facts.entry)}"]`)) return;
  const refund = name === "refund";
  const payment = refund ? facts.payment : facts.entry;
  const row = blank.cloneNode(true);
  row.dataset.entry = facts.entry;
  row.dataset.payment = payment;
  row.querySelector("a").href = list.dataset.path + payment;
  row.querySelector("[data-hour]").textContent = hour(new Date(facts.posted_at));
  row.querySelector("[data-code]").textContent = `${facts.short_code.slice(0, 2)} ${facts.short_code.slice(2)}`;
  row.querySelector("[data-said]").textContent = refund ? list.dataset.refund : facts.payer_name ?? "";
  row.querySelector("[data-amount]").textContent = (refund ? "−" : "") + money(facts.amount.amount);
  row.classList.toggle("back", refund);
  for (const old of list.querySelectorAll(".new")) old.classList.remove("new");
  if (!refund) row.classList.add("new");
  list.prepend(row);
  document.getElementById("vide").hidden = true;
  if (refund) mark(payment, facts.amount.amount);
  count(facts, refund);
}

function mark(payment, given) {
  const said = list.querySelector(`[data-entry="${CSS.escape(payment)}"] [data-said]`);
  if (!said) return;
  const before = Number(said.dataset.given ?? cents(/[\d\s\u00a0\u202f]+[.,]\d\d/.exec(said.textContent)?.[0] ?? ""));
  said.dataset.given = before + given;
  said.textContent = fill(list.dataset.refunded, { amount: money(before + given) });
}

// The sums of the day; a day that was closed keeps the figures it was closed with.
function count(facts, refund) {
  const sums = total.dataset;
  const more = (name, by) => { sums[name] = Number(sums[name]) + by; };
  more(refund ? "refunds" : "payments", 1);
  more(refund ? "refunded" : "paid", facts.amount.amount);
  more("cash", refund ? 0 : facts.cash?.amount ?? 0);
  const shown = { payments: sums.payments, paid: money(sums.paid), refunded: money(sums.refunded), cash: money(sums.cash, "€") };
  for (const place of document.querySelectorAll("[data-figure]")) place.textContent = shown[place.dataset.figure];
  document.getElementById("total-somme").textContent = written(sums.paid - sums.refunded);
  document.getElementById("total-dit").textContent = fill(sums.payments === "1" ? sums.one : sums.many, { count: sums.payments });
  const both = document.getElementById("total-rendu");
  both.hidden = sums.refunds === "0";
  both.textContent = fill(sums.both, { paid: shown.paid, back: shown.refunded });
}

sound.sounds(document.getElementById("son"));

follow(desk.dataset.till, desk.dataset.since, {
  event(name, facts) {
    if (name === "payment" && new Date(facts.posted_at).getTime() < back) line.caught();
    add(name, facts);
    if (name === "payment") sound.received();
  },
  up(again) {
    if (again) { back = now(); sound.back(); }
    line.up(again);
  },
  down: line.down,
  out() { location.reload(); return "out"; },
});
