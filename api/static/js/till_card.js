// A customer's card at the till: scanned or typed, its PIN when it is asked for, yes or the one no.
import { ask, fill, Lost, written } from "./till_ask.js";
import { read } from "./reader.js";
import { pad } from "./till_pin.js";

const ASK_AGAIN = 2_000;
const LONG = 120_000;
const SHOWN_AFTER = 2_000;
const DIGITS = /^\d{4,6}$/;

export function cards(desk, till) {
  const form = document.getElementById("carte-client");
  const field = document.getElementById("carte");
  const pin = document.getElementById("code");
  const button = document.getElementById("carte-payer");
  const told = document.getElementById("carte-dit");
  const camera = form.querySelector("[data-camera]");
  let stop = () => {};
  let now = null;
  pad(pin);
  field.addEventListener("pointerdown", () => { field.inputMode = "text"; });

  function open(amount) {
    now = { amount, key: crypto.randomUUID(), card: "", busy: false, agreed: false };
    document.getElementById("carte-montant").textContent = written(amount);
    form.dataset.step = "scan";
    field.value = pin.value = told.textContent = "";
    till.show("card");
    watch();
    field.inputMode = "none"; // for a hand scanner: no keyboard over the camera until it is touched
    field.focus({ preventScroll: true });
  }

  async function watch() {
    stop();
    camera.hidden = false;
    form.querySelector("[data-camera-none]").hidden = true;
    const mine = now;
    try {
      const halt = await read(camera.querySelector("video"), (text) => { if (now === mine) scanned(text); });
      if (now !== mine || form.dataset.step !== "scan") return halt();
      stop = halt;
    } catch {
      camera.hidden = true;
      form.querySelector("[data-camera-none]").hidden = false;
    }
    return undefined;
  }

  function close() {
    stop();
    stop = () => {};
    camera.hidden = true;
    now = null;
  }

  async function scanned(text) {
    if (!now || now.busy || form.dataset.step !== "scan") return;
    field.value = text;
    now.card = text;
    await pay();
  }

  async function pay() {
    if (!now || now.busy) return;
    const mine = now;
    mine.busy = true;
    button.disabled = true;
    till.heard(false);
    stop();
    const body = { card: mine.card, amount: { amount: mine.amount, currency: desk.dataset.currency }, unless_just_taken: !mine.agreed };
    if (desk.dataset.shift) body.shift = desk.dataset.shift;
    if (pin.value) body.pin = pin.value;
    const late = setTimeout(() => till.show("checking", mine.amount), SHOWN_AFTER);
    try {
      await answered(mine, await ask("POST", `/v1/tills/${desk.dataset.till}/card-payments`, body, mine.key));
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      await unclear(mine);
    } finally {
      clearTimeout(late);
      mine.busy = false;
      button.disabled = false;
    }
  }

  async function answered(mine, { ok, data }) {
    if (ok) {
      close();
      till.paid({ entry: data.payment, short_code: data.short_code, amount: data.amount, cash: null, request: null, posted_at: data.posted_at }, true);
    } else if (data.code === "payment_not_possible") {
      close();
      till.refused(mine.amount);
    } else if (data.code === "pin_needed" || data.code === "wrong_pin") {
      if (data.code === "pin_needed") mine.key = crypto.randomUUID();
      askPin(data.code === "wrong_pin" ? told.dataset.wrongPin : "");
    } else if (data.code === "just_taken") {
      again(mine, data.taken);
    } else {
      till.show("card");
      form.dataset.step = "scan";
      told.textContent = `${data.title}. ${data.detail}`;
      mine.key = crypto.randomUUID();
      watch();
    }
  }

  function askPin(text) {
    till.show("card");
    form.dataset.step = "pin";
    told.textContent = text;
    pin.value = "";
    pin.focus({ preventScroll: true });
  }

  // The same card and amount some minutes ago, and that payment still stands: a person is asked.
  function again(mine, taken) {
    const title = document.getElementById("encore-titre");
    const code = document.getElementById("encore-code");
    const count = Math.max(0, Math.floor((till.now() - new Date(taken.posted_at).getTime()) / 60_000));
    title.textContent = fill(count > 1 ? title.dataset.many : count ? title.dataset.one : title.dataset.none, { count });
    code.textContent = fill(code.dataset.code, { code: `${taken.short_code.slice(0, 2)} ${taken.short_code.slice(2)}` });
    till.show("again", mine.amount);
  }

  document.getElementById("encore-oui").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!now) return;
    now.agreed = true;
    pay();
  });
  document.getElementById("encore-non").addEventListener("click", (event) => {
    event.preventDefault();
    close();
    till.next();
  });

  // The answer was lost: the key tells what became of it, and a no is final from then on.
  async function unclear(mine) {
    till.show("checking", mine.amount);
    const begun = Date.now();
    const long = document.getElementById("verif-longue");
    long.hidden = true;
    for (;;) {
      try {
        const { ok, data } = await ask("POST", "/v1/outcomes", { key: mine.key, card: mine.card, close: true });
        if (ok && data.state === "paid" && data.taken) return answered(mine, { ok: true, data: data.taken });
        if (ok && data.state === "refused") { close(); return till.refused(mine.amount); }
        if (ok && data.state === "closed") { close(); return till.nothing(); }
      } catch { /* still cut */ }
      long.hidden = Date.now() - begun < LONG;
      await new Promise((resolve) => {
        setTimeout(resolve, ASK_AGAIN);
        document.getElementById("verif").onsubmit = (event) => { event.preventDefault(); resolve(); };
      });
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!now || now.busy) return;
    if (form.dataset.step === "scan") {
      now.card = field.value.trim();
      if (now.card) pay();
    } else if (DIGITS.test(pin.value)) {
      pay();
    } else {
      told.textContent = told.dataset.short;
      pin.focus();
    }
  });

  return { open, close };
}
