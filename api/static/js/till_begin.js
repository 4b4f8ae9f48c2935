// Who stands at a till, or a manager who agrees: the card before the camera, then the secret code.
import { read } from "./reader.js";
import { pad } from "./till_pin.js";

const form = document.getElementById("debut");

if (form) {
  const card = document.getElementById("carte");
  const pin = document.getElementById("code");
  pad(pin);
  const camera = document.querySelector("[data-camera]");
  camera.hidden = false;
  read(camera.querySelector("video"), (text) => {
    card.value = text;
    camera.hidden = true;
    pin.focus();
  }).catch(() => {
    camera.hidden = true;
    document.querySelector("[data-camera-none]").hidden = false;
  });
}
