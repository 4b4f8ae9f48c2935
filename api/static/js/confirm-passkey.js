// A payment is confirmed with a passkey instead of the secret code: what it answers becomes a
// confirmation of exactly this payee, amount and key, and the form of the payment takes it along.
import { answered, sent } from "./passkey.js";

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

for (const button of document.querySelectorAll("[data-confirms]")) {
  button.addEventListener("click", () => sent(button, "confirmation", () => confirmation(button)));
}
