// Older movements come below those that are there; without a network the link works as a link.
const days = document.getElementById("jours");

document.addEventListener("click", async (event) => {
  const link = event.target.closest("#plus");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  if (link.dataset.sent) return;
  link.dataset.sent = "1";
  const waiting = document.createElement("div");
  waiting.className = "card skeleton";
  waiting.setAttribute("role", "status");
  waiting.setAttribute("aria-label", link.dataset.waits);
  waiting.append(...[1, 2, 3].map(() => document.createElement("i")));
  days.append(waiting);
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("#jours > .day")];
    waiting.replaceWith(...fresh);
    fresh[0]?.querySelector("a")?.focus();
    const next = page.getElementById("plus");
    if (next) link.replaceWith(next); else link.remove();
  } catch {
    location.assign(link.href);
  }
});
