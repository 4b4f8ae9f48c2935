// The euros of an invoice are its rest, shown while one types; what was typed by hand stays.
for (const form of document.querySelectorAll("form[data-rest]")) {
  const { total, bousols, euros } = form.elements;
  const cents = (field) => Math.round(Number(field.value.replace(/[\s\u00a0\u202f€B]/g, "").replace(",", ".")) * 100);
  let byHand = euros.value !== "";
  const show = () => {
    const rest = cents(total) - cents(bousols);
    euros.value = bousols.value && rest >= 0 ? (rest / 100).toFixed(2).replace(".", ",") : "";
  };
  euros.addEventListener("input", () => { byHand = euros.value !== ""; });
  for (const field of [total, bousols]) field.addEventListener("input", () => { if (!byHand) show(); });
}
