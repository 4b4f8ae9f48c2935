// An order is looked at every few seconds; when it changed, what it has become is put in its place.
const seconds = 3;
const place = document.getElementById("etat");
const cut = document.getElementById("coupe");

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(`/v1/orders/${place.dataset.order}`, { headers: { accept: "application/json" } });
    cut.hidden = true;
    if (!answer.ok) return;
    const order = await answer.json();
    const state = `${order.state} ${order.arrived.amount} ${order.waiting.amount}`;
    if (state !== place.dataset.state) await show();
  } catch {
    cut.hidden = false;
  }
}

async function show() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("etat");
  if (!fresh) return;
  place.innerHTML = fresh.innerHTML;
  place.dataset.state = fresh.dataset.state;
  const main = document.querySelector("main");
  const rest = page.querySelectorAll("#etat ~ *");
  for (const old of [...main.querySelectorAll("#etat ~ *")]) old.remove();
  main.append(...rest);
}

if (place && document.getElementById("virement")) {
  document.getElementById("relire").hidden = true;
  const timer = setInterval(async () => {
    await look();
    if (!document.getElementById("virement")) clearInterval(timer);
  }, seconds * 1000);
  document.addEventListener("visibilitychange", look);
}
