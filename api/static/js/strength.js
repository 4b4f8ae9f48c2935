// Says while a password is typed how much is missing; whether it is good the server decides.
for (const said of document.querySelectorAll("[data-strength]")) {
  const field = document.getElementById(said.dataset.strength);
  field.addEventListener("input", () => {
    const missing = Number(said.dataset.least) - field.value.length;
    const words = missing > 0 ? said.dataset.missing.replace("{n}", missing) : said.dataset.enough;
    said.textContent = field.value ? words : "";
  });
}
