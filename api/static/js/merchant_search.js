// A search that answers while one types: the page is asked as without a script, a part of it shown.
for (const form of document.querySelectorAll("form[data-search]")) {
  const field = form.querySelector("input[type=search]");
  const shown = document.getElementById(form.dataset.search);
  let waiting, asked;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = `${location.pathname}?q=${encodeURIComponent(field.value.trim())}`;
    try {
      const answer = await fetch(address, { signal: asked.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown.replaceChildren(...page.getElementById(shown.id).childNodes);
      history.replaceState(null, "", address);
    } catch { /* another letter was typed, or there is no network: the button still asks */ }
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if (field.checkValidity() || !field.value) waiting = setTimeout(ask, 250);
  });
}
