// Green at the till: the newest payment on top, until somebody says that the next customer is here.
import { fill, written } from "./till_ask.js";
import * as sound from "./till_sound.js";

export function green(desk) {
  const tide = document.getElementById("recu");
  const more = document.getElementById("encore");
  const cash = document.getElementById("recu-especes");
  const code = tide.querySelector(".proof .code b");
  const aloud = document.getElementById("redire");
  const mains = [tide.querySelector("main"), desk.querySelector("main")];
  const title = document.title;
  let waiting = tide.hidden ? 0 : 1;
  let words = "";
  const self = { push, idle: () => waiting === 0, dismissed() {} };

  function push(facts) {
    waiting += 1;
    tide.dataset.entry = facts.entry;
    const shown = written(facts.amount.amount);
    document.getElementById("recu-montant").textContent = shown;
    const row = tide.querySelector(".amount-line");
    row.classList.toggle("amount-long", shown.length === 6);
    row.classList.toggle("amount-far", shown.length > 6);
    cash.hidden = !facts.cash;
    if (facts.cash) cash.textContent = fill(cash.dataset.cash, { amount: written(facts.cash.amount) });
    code.textContent = `${facts.short_code.slice(0, 2)} ${facts.short_code.slice(2)}`;
    more.hidden = waiting < 2;
    more.textContent = fill(more.dataset.more, { count: waiting - 1 });
    cover(true);
    words = said(facts.amount.amount);
    sound.say(words);
  }

  function said(sum) {
    const units = Math.floor(sum / 100);
    const parts = { units, cents: String(sum % 100).padStart(2, "0") };
    return fill(sum % 100 ? tide.dataset.say : tide.dataset.sayRound, parts);
  }

  function cover(on) {
    const again = on && !tide.hidden;
    if (again) { tide.hidden = true; void tide.offsetWidth; } // so that the sea rises once more
    tide.hidden = !on;
    desk.hidden = on;
    mains[on ? 1 : 0].id = on ? "contenu-caisse" : "contenu-recu";
    mains[on ? 0 : 1].id = "contenu";
    if (on) { scrollTo(0, 0); mains[0].focus({ preventScroll: true }); } // not the button: a key that is pressed now closes nothing
    document.title = on ? `${document.getElementById("recu-montant").textContent} · ${title}` : title;
  }

  document.getElementById("suivant").addEventListener("click", (event) => {
    event.preventDefault();
    sound.unlock();
    waiting = 0;
    cover(false);
    self.dismissed();
  });
  aloud.hidden = !window.speechSynthesis;
  aloud.addEventListener("click", () => sound.say(words, true));
  return self;
}
