// A code that the customer scans: shown with the time it has left, gone when that is over.
import { ask, fill, Lost, typed, written } from "./till_ask.js";

const SOON = 30;

export function codes(till) {
  const pane = document.getElementById("code-client");
  const picture = document.getElementById("code-image");
  const rest = document.getElementById("code-reste");
  let now = null;
  let timer;

  async function open(sum) {
    drop();
    const made = await till.ask(sum);
    if (!made) return;
    now = { request: made.request, sum, ends: new Date(made.expires_at).getTime() };
    picture.src = made.qr;
    begin();
  }

  function adopt() {
    const facts = pane.dataset;
    now = { request: facts.request, sum: Number(facts.cents), ends: Number(facts.expires) * 1000 };
    begin();
  }

  function begin() {
    delete pane.dataset.expired;
    document.getElementById("code-montant").textContent = written(now.sum);
    document.querySelector("#nouveau [name=montant]").value = typed(now.sum);
    till.show("code");
    clearInterval(timer);
    timer = setInterval(tick, 250);
    tick();
  }

  function tick() {
    const left = Math.ceil((now.ends - till.now()) / 1000);
    if (left <= 0) { expire(); return; }
    const text = left < 60 ? rest.dataset.seconds : rest.dataset.minutes;
    rest.textContent = fill(text, { minutes: Math.floor(left / 60), seconds: String(left % 60).padStart(left < 60 ? 1 : 2, "0") });
    rest.toggleAttribute("data-soon", left < SOON);
  }

  function expire() {
    clearInterval(timer);
    picture.removeAttribute("src");
    pane.dataset.expired = "1";
  }

  // Nobody is to pay what is no longer shown; one that was paid just now comes by the stream.
  function drop() {
    clearInterval(timer);
    picture.removeAttribute("src");
    if (!now) return;
    const gone = now;
    now = null;
    if (gone.paid || pane.dataset.expired) return;
    ask("POST", `/v1/payment-requests/${gone.request}/cancellation`).catch((error) => { if (!(error instanceof Lost)) throw error; });
  }

  document.getElementById("annuler").addEventListener("submit", (event) => {
    event.preventDefault();
    drop();
    till.show("keypad");
    document.getElementById("montant").focus({ preventScroll: true });
  });
  document.getElementById("nouveau").addEventListener("submit", (event) => {
    event.preventDefault();
    open(now.sum);
  });

  return {
    open,
    adopt,
    drop,
    sum: () => now?.sum,
    asks(facts) {
      if (!now || facts.request !== now.request) return false;
      now.paid = true;
      return true;
    },
  };
}
