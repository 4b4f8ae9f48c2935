// The day as it goes: a payment comes on top of the list, a refund marks what it gives back.
import { cents, fill, hour, written } from "./till_ask.js";
import { connection, follow } from "./till_stream.js";
import * as sound from "./till_sound.js";

const desk = document.getElementById("caisse");
const list = document.getElementById("lignes");
const blank = document.getElementById("ligne").content.firstElementChild;
const total = document.getElementById("total");
const ahead = Number(desk.dataset.now) * 1000 - Date.now();
const line = connection(hour);
let back = 0;

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
  row.querySelector("[data-amount]").textContent = (refund ? "−" : "") + written(facts.amount.amount);
  row.classList.toggle("back", refund);
  for (const old of list.querySelectorAll(".new")) old.classList.remove("new");
  if (!refund) row.classList.add("new");
  list.prepend(row);
  document.getElementById("vide").hidden = true;
  if (refund) mark(payment, facts.amount.amount);
  count(refund ? -facts.amount.amount : facts.amount.amount, refund ? 0 : 1);
}

function mark(payment, given) {
  const said = list.querySelector(`[data-entry="${CSS.escape(payment)}"] [data-said]`);
  if (!said) return;
  const before = Number(said.dataset.given ?? cents(/[\d\s\u00a0\u202f]+[.,]\d\d/.exec(said.textContent)?.[0] ?? ""));
  said.dataset.given = before + given;
  said.textContent = fill(list.dataset.refunded, { amount: written(before + given) });
}

function count(sum, payments) {
  const facts = total.dataset;
  facts.cents = Number(facts.cents) + sum;
  facts.payments = Number(facts.payments) + payments;
  document.getElementById("total-somme").textContent = written(Number(facts.cents));
  document.getElementById("total-dit").textContent = fill(facts.payments === "1" ? facts.one : facts.many, { count: facts.payments });
}

sound.sounds(document.getElementById("son"));

follow(desk.dataset.till, desk.dataset.since, {
  event(name, facts) {
    if (new Date(facts.posted_at).getTime() < back) line.caught();
    add(name, facts);
    if (name === "payment") sound.received();
  },
  up(again) {
    if (again) { back = Date.now() + ahead; sound.back(); }
    line.up(again);
  },
  down: line.down,
  out() { location.reload(); return "out"; },
});
