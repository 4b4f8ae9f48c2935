// Reads QR codes from a camera: the browser's own reader, else zxing in WebAssembly, served by us.
//
// `read(video, onText)` starts the camera and calls back with each new text; it gives a function
// that stops both. It throws when there is no camera, or nobody lets us see through it.
const EVERY = 60;
const AGAIN = 2_000;

export async function read(video, onText, at = document.querySelector("[data-wasm]").dataset) {
  const wanted = { video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false };
  const stream = await navigator.mediaDevices.getUserMedia(wanted);
  let stopped = false;
  let timer;
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  try {
    video.srcObject = stream;
    await video.play();
    const decode = await decoder(at);
    let before = { text: "", at: 0 };
    const look = async () => {
      if (stopped) return;
      const text = video.readyState >= 2 ? await decode(video).catch(() => "") : "";
      if (stopped) return;
      if (text && (text !== before.text || Date.now() - before.at > AGAIN)) {
        before = { text, at: Date.now() };
        onText(text);
      }
      timer = setTimeout(look, EVERY);
    };
    look();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

async function decoder(at) {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const native = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await native.detect(video))[0]?.rawValue ?? "";
  }
  const zxing = await import(at.reader);
  await zxing.prepareZXingModule({ overrides: { locateFile: () => at.wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    pen.drawImage(video, 0, 0);
    const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    const found = await zxing.readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    return found[0]?.text ?? "";
  };
}
