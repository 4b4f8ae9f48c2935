// A card held before the camera of the desk: its number is written into the form.
import { read } from "./reader.js";

const place = document.querySelector("[data-scan]");
const field = document.getElementById("carte");

if (place && navigator.mediaDevices) {
  const button = place.querySelector("button");
  const camera = place.querySelector(".camera");
  const told = place.querySelector("[role=status]");
  let stop = null;

  const close = () => {
    if (stop) stop();
    stop = null;
    camera.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };

  const scanned = async (text) => {
    const answer = await fetch("/v1/aid/card-readings", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code: text }),
    }).catch(() => null);
    if (!answer?.ok) {
      told.textContent = answer ? place.dataset.unknown : place.dataset.none;
      return;
    }
    const data = await answer.json();
    close();
    field.value = data.number;
    told.textContent = data.new ? place.dataset.new : place.dataset.used;
    (data.new ? document.getElementById("code") : field).focus();
  };

  place.hidden = false;
  button.addEventListener("click", async () => {
    if (stop) return close();
    camera.hidden = false;
    told.textContent = "";
    button.setAttribute("aria-expanded", "true");
    try {
      stop = await read(camera.querySelector("video"), scanned, place.dataset);
    } catch {
      close();
      told.textContent = place.dataset.none;
    }
    return undefined;
  });
}
