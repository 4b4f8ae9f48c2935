// What every screen does: the clock of a proof ticks, a form is sent once, a value is copied.

for (const clock of document.querySelectorAll("[data-clock]")) {
  // The server's time, carried on by this device's: a still picture stands still.
  const ahead = Number(clock.dataset.clock) * 1000 - Date.now();
  const shown = new Intl.DateTimeFormat("fr-FR", { timeStyle: "medium", timeZone: "Europe/Paris" });
  const tick = () => { clock.textContent = shown.format(Date.now() + ahead); };
  tick();
  setInterval(tick, 1000);
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
}
// Coming back to a page that the browser kept: its form may be sent again, with the same key.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.copied = "1";
    const told = document.getElementById(button.getAttribute("aria-controls"));
    if (told) told.textContent = button.dataset.told;
  });
}

for (const link of document.querySelectorAll("[data-reload]")) {
  link.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
}
// Keeps our files, and a page for when the network is gone.
addEventListener("load", () => { navigator.serviceWorker?.register("/sw.js").catch(() => {}); });
