// Asks the interface as the page's own cookie: what it answers, or `Lost` when nobody knows.
import { within } from "./within.js";

const LANGUAGE = document.documentElement.lang;
const SECONDS = 8;
const UNKNOWN = new Set([500, 502, 504]);

export class Lost extends Error {}

export async function ask(method, path, body, key) {
  const headers = { "Accept-Language": LANGUAGE };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let answer;
  let data;
  try {
    const signal = within(SECONDS * 1000);
    answer = await fetch(path, { method, headers, signal, cache: "no-store", body: body === undefined ? undefined : JSON.stringify(body) });
    data = await answer.json();
  } catch (error) {
    throw new Lost(String(error));
  }
  if (UNKNOWN.has(answer.status)) throw new Lost(data.code);
  return { ok: answer.ok, data };
}

// 1260 for "12,60" or "12.6"; 0 for what is no amount.
export function cents(text) {
  const found = /^(\d{1,9})(?:[.,](\d{0,2}))?$/.exec(text.replace(/[\s\u00a0\u202f]/g, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : 0;
}

const figures = new Intl.NumberFormat(LANGUAGE === "en" ? "en-GB" : "fr-FR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const written = (amount) => figures.format(amount / 100);
export const typed = (amount) => `${Math.floor(amount / 100)},${String(amount % 100).padStart(2, "0")}`;
export const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

const hours = new Intl.DateTimeFormat("fr-FR", { timeStyle: "short", timeZone: "Europe/Paris" });
export const hour = (at) => hours.format(at);

// The server's time, from what it said when it began to make this page: when it was asked for.
const [opened] = performance.getEntriesByType("navigation");
const at = performance.timeOrigin + (opened?.requestStart ?? 0);
const said = Number(document.getElementById("caisse").dataset.now) * 1000;
export const now = () => Date.now() + said - at;
