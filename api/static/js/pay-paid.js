// The green screen: a short buzz the first time it is seen, and the receipt once its time is over.
const sea = document.querySelector("[data-paid]");
const { fresh, now, ends } = sea.dataset;

if (fresh && sessionStorage.getItem("bousol-paye") !== fresh) {
  sessionStorage.setItem("bousol-paye", fresh);
  navigator.vibrate?.(60);
}
setTimeout(() => location.reload(), Math.max(1000, (Number(ends) - Number(now)) * 1000 + 500));
// Looked at again: what was given back meanwhile is green no more. Without a network it stays.
document.addEventListener("visibilitychange", async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href);
    if (answer.redirected) location.replace(answer.url);
  } catch { /* nobody knows better */ }
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
