// A pad of digits for a field of money: at most two digits after the comma, seven before it.
const typed = /^\d{0,7}([,.]\d{0,2})?$/;

export function pads(root = document) {
  for (const pad of root.querySelectorAll("[data-keys]:not([data-ready])")) {
    pad.dataset.ready = "1";
    const field = document.getElementById(pad.dataset.keys);
    pad.hidden = false;
    field.setAttribute("inputmode", "none");
    pad.addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]")?.dataset.key;
      if (!key) return;
      const next = key === "del" ? field.value.slice(0, -1) : (field.value === "0" && key !== "," ? "" : field.value) + key;
      if (!typed.test(next)) return;
      field.value = next.startsWith(",") ? `0${next}` : next;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

pads();
