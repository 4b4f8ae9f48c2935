// A pad for a secret code: digits show as dots, four to six of them.
export function pad(field) {
  const keys = document.querySelector(`[data-pin="${field.id}"]`);
  keys.hidden = false;
  field.setAttribute("inputmode", "none");
  keys.addEventListener("click", (event) => {
    const digit = event.target.closest("[data-digit]")?.dataset.digit;
    if (!digit) return;
    if (digit === "del") field.value = field.value.slice(0, -1);
    else if (field.value.length < 6) field.value += digit;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
