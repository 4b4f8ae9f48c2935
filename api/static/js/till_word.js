// The word and the flag change at midnight: a till that nobody works at takes the new ones in place,
// so that it is still heard afterwards. While it is cut it waits.
const EVERY = 20_000;
const day = new Intl.DateTimeFormat("fr-FR", { dateStyle: "short", timeZone: "Europe/Paris" });

export function turns(desk, now, idle) {
  let shown = day.format(now());

  async function turn() {
    const today = day.format(now());
    if (today === shown || !idle()) return;
    let page;
    try {
      const answer = await fetch(`/caisse/${desk.dataset.till}`, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { return; } // later
    if (!idle()) return;
    // Whoever stood here has to begin anew, or stands here no more.
    if (page.getElementById("caisse")?.dataset.shift !== desk.dataset.shift) { location.reload(); return; }
    for (const name of [".till-head .flag", ".till-head b", ".proof .flag", ".proof .word"]) {
      document.querySelector(name).replaceWith(document.adoptNode(page.querySelector(name)));
    }
    shown = today;
  }
  setInterval(turn, EVERY);
}
