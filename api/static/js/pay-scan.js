// The scanner: the browser's own reader of codes where there is one, else a reader of ours.
const box = document.querySelector("[data-scanner]");
const video = box.querySelector("video");
const EACH_MS = 60;

function say(what) {
  for (const line of document.querySelectorAll("[data-said]")) line.hidden = line.dataset.said !== what;
}

async function native() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return null;
  const reader = new BarcodeDetector({ formats: ["qr_code"] });
  return async () => (await reader.detect(video)).map((found) => found.rawValue);
}

async function ours() {
  const { prepareZXingModule, readBarcodes } = await import(box.dataset.reader);
  await prepareZXingModule({ overrides: { locateFile: () => box.dataset.wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const drawn = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    drawn.drawImage(video, 0, 0);
    const picture = drawn.getImageData(0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(picture, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 });
    return found.filter((one) => one.isValid).map((one) => one.text);
  };
}

// Only a path below /p/ of our own host is gone to, and always on this origin.
function follow(text) {
  let link;
  try { link = new URL(text); } catch { say("foreign"); return false; }
  if (link.protocol !== "https:" || link.host !== box.dataset.host) { say("foreign"); return false; }
  if (link.pathname.startsWith("/c/")) { say("card"); return false; }
  if (!/^\/p\/[A-Z0-9]{8}(\/[\w-]+)?$/.test(link.pathname)) { say("foreign"); return false; }
  say("found");
  box.dataset.found = "1";
  navigator.vibrate?.(40);
  performance.mark("bousol-decoded");
  location.assign(link.pathname);
  return true;
}

async function look(read) {
  for (;;) {
    if (video.readyState >= video.HAVE_CURRENT_DATA) {
      const [text] = await read();
      if (text && follow(text)) return;
    }
    await new Promise((next) => { setTimeout(next, EACH_MS); });
  }
}

async function begin() {
  if (!navigator.mediaDevices?.getUserMedia) { say("absent"); return; }
  const opening = navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  const reading = native().then((reader) => reader ?? ours());
  reading.catch(() => {}); // told below, unless the camera says no first
  try {
    video.srcObject = await opening;
  } catch (error) {
    say(error.name === "NotAllowedError" ? "refused" : "absent");
    return;
  }
  box.hidden = false;
  say("aim");
  await video.play();
  await look(await reading);
}

begin().catch(() => say("absent"));
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
