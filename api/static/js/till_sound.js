// What a till is heard with: two notes for a payment, one for a refusal, the amount in words.
const G4 = 392;
const D5 = 587;
const D4 = 294;
const KEPT = "bousol-son";
let context;

export function level() {
  return localStorage.getItem(KEPT) ?? "2";
}

// Browsers let a page be heard after something was pressed in it; until then it is silent.
const locked = () => context?.state !== "running";

export async function unlock() {
  context ??= new AudioContext();
  if (locked()) await context.resume();
}

function note(hertz, after, seconds, loud = 0.35) {
  if (locked() || level() === "0") return;
  const begun = context.currentTime + after;
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.frequency.value = hertz;
  loudness.gain.setValueAtTime(0, begun);
  loudness.gain.linearRampToValueAtTime(loud, begun + 0.015);
  loudness.gain.setValueAtTime(loud, begun + seconds - 0.04);
  loudness.gain.linearRampToValueAtTime(0, begun + seconds);
  tone.connect(loudness).connect(context.destination);
  tone.start(begun);
  tone.stop(begun + seconds);
}

export const received = () => { note(G4, 0, 0.14); note(D5, 0.14, 0.14); };
export const refused = () => note(D4, 0, 0.18);
export const back = () => note(G4, 0, 0.14, 0.12);

export function say(text, always = false) {
  if (!window.speechSynthesis || (!always && level() !== "2")) return;
  const said = new SpeechSynthesisUtterance(text);
  said.lang = document.documentElement.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(said);
}

// The switch with three levels: notes and voice, notes, nothing. While the page may not be heard yet
// it says so instead, and pressing it changes no level.
export function sounds(button) {
  const told = document.getElementById("son-dit");
  let silent = true;
  const show = () => {
    const words = { 2: button.dataset.voice, 1: button.dataset.notes, 0: button.dataset.quiet };
    button.dataset.level = level();
    const waits = locked() && level() !== "0";
    button.toggleAttribute("data-locked", waits);
    told.textContent = waits ? button.dataset.touch : words[level()];
  };
  context = new AudioContext();
  context.addEventListener("statechange", show);
  button.hidden = false;
  show();
  for (const kind of ["pointerdown", "keydown"]) button.addEventListener(kind, () => { silent = locked() && level() !== "0"; });
  button.addEventListener("click", async () => {
    await unlock();
    if (!silent) localStorage.setItem(KEPT, String((Number(level()) + 2) % 3));
    silent = false;
    show();
    if (level() !== "0") back();
  });
  for (const kind of ["pointerdown", "pointerup", "keydown"]) addEventListener(kind, unlock);
}
