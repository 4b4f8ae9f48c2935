// A payment is confirmed with a passkey instead of the secret code: what it answers becomes a
// confirmation of exactly this payee, amount and key, and the form of the payment takes it along.
import { answered, sent, used } from "./passkey.js";

function cents(text) {
  const [units, hundredths = ""] = text.replace(/[^\d,.]/g, "").replace(".", ",").split(",");
  return Number(units) * 100 + Number(hundredths.padEnd(2, "0").slice(0, 2));
}

async function confirmation(button) {
  const { cle, montant, especes } = button.form.elements;
  const body = { code: button.dataset.confirms, key: cle.value, proof: { passkey: await answered() } };
  if (montant) body.amount = { amount: cents(montant.value), currency: button.dataset.currency };
  if (especes?.value) body.cash = { amount: cents(especes.value), currency: "EUR" };
  const headers = { "content-type": "application/json" };
  const answer = await fetch("/v1/confirmations", { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).confirmation;
}

// The line of the secret code comes and goes with the amount, so the page listens for its button.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirms]");
  if (button) sent(button, "confirmation", () => confirmation(button));
});

// Offered where a passkey was made or used before, on this device.
export function offerPasskey() {
  if (!window.PublicKeyCredential || !used()) return;
  for (const place of document.querySelectorAll("[data-needs-own-passkey]")) place.hidden = false;
}
offerPasskey();
