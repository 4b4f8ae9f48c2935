// A page on a borrowed screen counts down and closes; whoever is there keeps it open.
const note = document.querySelector("[data-closes]");
const shown = note.querySelector("[data-left]");
const end = Date.now() + Number(note.dataset.closes) * 1000;

function tick() {
  const left = Math.max(0, Math.round((end - Date.now()) / 1000));
  const words = shown.dataset.left.replace("{m}", Math.floor(left / 60)).replace("{s}", String(left % 60).padStart(2, "0"));
  shown.textContent = words;
  if (left === 0) {
    clearInterval(timer);
    document.getElementById(note.dataset.form).submit();
  }
}

const timer = setInterval(tick, 1000);
tick();
// Back to a page that the browser kept: ask the server, which knows nobody any more.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
