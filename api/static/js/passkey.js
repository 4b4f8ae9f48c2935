// A passkey answers instead of what is typed: the answer goes into the form, and the form is sent.
// A button with data-passkey names the form's hidden field; data-makes holds options for a new one.
import { submit } from "./within.js";

const read = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const written = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (keys = []) => keys.map((key) => ({ ...key, id: read(key.id) }));

async function challenged() {
  const answer = await fetch("/v1/sessions/passkey-challenges", { method: "POST" });
  if (!answer.ok) throw new TypeError(String(answer.status));
  return JSON.parse((await answer.json()).options);
}

async function made(options) {
  const user = { ...options.user, id: read(options.user.id) };
  const publicKey = { ...options, user, challenge: read(options.challenge), excludeCredentials: known(options.excludeCredentials) };
  const credential = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = credential.response;
  return told(credential, { clientDataJSON: written(clientDataJSON), attestationObject: written(attestationObject) });
}

export async function answered() {
  const options = await challenged();
  const publicKey = { ...options, challenge: read(options.challenge), allowCredentials: known(options.allowCredentials) };
  const credential = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature } = credential.response;
  return told(credential, { clientDataJSON: written(clientDataJSON), authenticatorData: written(authenticatorData), signature: written(signature) });
}

const MARK = "bousol-cle";
export const used = () => localStorage.getItem(MARK) === "1";

function told(credential, response) {
  localStorage.setItem(MARK, "1");
  return JSON.stringify({ id: credential.id, rawId: credential.id, type: credential.type, response, clientExtensionResults: {} });
}

// Fills a field of the button's form with what `find` finds, and sends the form.
export async function sent(button, name, find) {
  const form = button.form;
  const said = button.parentElement.querySelector("[role=alert]");
  said.textContent = "";
  button.disabled = true;
  try {
    form.elements[name].value = await find();
    form.noValidate = true; // what else could be typed is not needed
    submit(form);
  } catch (error) {
    said.textContent = error instanceof TypeError ? said.dataset.offline : said.dataset.cancelled;
  } finally {
    button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  for (const place of document.querySelectorAll("[data-needs-passkey]")) place.hidden = false;
  for (const button of document.querySelectorAll("[data-passkey]")) {
    const { makes, passkey } = button.dataset;
    button.addEventListener("click", () => sent(button, passkey, () => (makes ? made(JSON.parse(makes)) : answered())));
  }
}
