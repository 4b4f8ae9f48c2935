// A passkey answers instead of what is typed: the answer goes into the form, and the form is sent.
// A button with data-passkey names the form's hidden field; data-makes holds options for a new one.
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

async function answered(options) {
  const publicKey = { ...options, challenge: read(options.challenge), allowCredentials: known(options.allowCredentials) };
  const credential = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature } = credential.response;
  return told(credential, { clientDataJSON: written(clientDataJSON), authenticatorData: written(authenticatorData), signature: written(signature) });
}

function told(credential, response) {
  return JSON.stringify({ id: credential.id, rawId: credential.id, type: credential.type, response, clientExtensionResults: {} });
}

async function pressed(button) {
  const form = button.form;
  const said = button.parentElement.querySelector("[role=alert]");
  said.textContent = "";
  button.disabled = true;
  try {
    const makes = button.dataset.makes;
    form.elements[button.dataset.passkey].value = makes ? await made(JSON.parse(makes)) : await answered(await challenged());
    form.noValidate = true; // what else could be typed is not needed
    form.requestSubmit();
  } catch (error) {
    said.textContent = error instanceof TypeError ? said.dataset.offline : said.dataset.cancelled;
  } finally {
    button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  for (const place of document.querySelectorAll("[data-needs-passkey]")) place.hidden = false;
  for (const button of document.querySelectorAll("[data-passkey]")) button.addEventListener("click", () => pressed(button));
}
