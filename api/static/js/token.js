// What was handed over stands behind the # of the address, which no server sees: into the form.
const token = location.hash.slice(1);
for (const place of document.querySelectorAll("[data-token]")) {
  const field = place.querySelector("input");
  if (token) field.value = token;
  if (field.value && !field.hasAttribute("aria-invalid")) place.hidden = true;
}
// A way to sign in first brings it along: the tab keeps it, and nothing else does.
const kept = "bousol-invitation";
for (const link of document.querySelectorAll("[data-keeps-token]")) {
  link.addEventListener("click", () => token && sessionStorage.setItem(kept, token));
}
const brought = sessionStorage.getItem(kept);
if (!token && brought) {
  sessionStorage.removeItem(kept);
  location.hash = brought;
  location.reload();
}
