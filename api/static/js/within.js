// Ends a request after so long, with what Safari 15 and Chrome 92 know: AbortSignal.timeout is younger.
export function within(milliseconds) {
  const ends = new AbortController();
  setTimeout(() => ends.abort(), milliseconds);
  return ends.signal;
}

// Sends a form by the button that sends it, where form.requestSubmit is not known.
export function submit(form) {
  if (form.requestSubmit) form.requestSubmit();
  else form.querySelector("button:not([type=button])").click();
}
