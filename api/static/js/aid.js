// The office of aid: a batch that waits or runs is followed, a file is dropped, a receipt printed.
const EVERY_MS = 1500;

for (const place of document.querySelectorAll("[data-live]")) follow(place);

async function follow(place) {
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
    try {
      const answer = await fetch(place.dataset.live, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      const batch = await answer.json();
      if (batch.status !== place.dataset.status) return location.reload();
      const bar = place.querySelector("progress");
      if (bar) {
        bar.value = batch.done;
        place.querySelector("[data-done]").textContent = batch.done;
      }
    } catch { /* cut off: the batch goes on without us, and we ask again */ }
  }
}

for (const place of document.querySelectorAll("[data-drop]")) {
  const field = place.querySelector("input[type=file]");
  const over = (on) => (event) => { event.preventDefault(); place.classList.toggle("over", on); };
  place.addEventListener("dragover", over(true));
  place.addEventListener("dragleave", over(false));
  place.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}

// A file is saved and its button goes: the page is not what it was. A refusal is a page of its own.
for (const form of document.querySelectorAll("[data-saves]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.saving) return;
    form.dataset.saving = "1";
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    const file = answer?.headers.get("content-type") === "application/pdf" && await answer.blob().catch(() => null);
    if (!file) return form.submit();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = answer.headers.get("content-disposition").split('"')[1];
    link.click();
    form.hidden = true;
    form.nextElementSibling.firstElementChild.hidden = false;
  });
}
