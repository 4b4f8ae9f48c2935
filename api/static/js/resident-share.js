// A receipt is given to the phone's own list of applications, or copied where there is none.
for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = button.dataset.share;
    if (navigator.share) {
      try { await navigator.share({ title: button.dataset.title, text }); } catch { /* it was not shared after all */ }
      return;
    }
    await navigator.clipboard.writeText(text);
    document.getElementById(button.getAttribute("aria-controls")).textContent = button.dataset.told;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
