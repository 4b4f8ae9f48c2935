// Letters are printed part after part: each answer is a file that is saved, and the bars move.
const course = document.querySelector("[data-course]");

for (const form of document.querySelectorAll("[data-parts]")) {
  const { combien } = form.elements;
  const every = form.querySelector("[data-every]");
  const offer = () => { every.hidden = Number(combien.value) >= Number(form.dataset.left); };
  combien.addEventListener("input", offer);
  offer();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    print(form, event.submitter?.hasAttribute("data-every"));
  });
}

async function print(form, every) {
  const run = form.querySelector("[data-run]");
  const size = Number(form.elements.combien.value);
  const begun = Number(form.elements.apres.value);
  const left = await told().then((now) => count(now, form), () => null);
  if (left === null) return form.submit();
  const goal = every ? left : Math.min(size, left);
  for (const other of document.querySelectorAll("[data-parts] button:not([data-stop])")) other.disabled = true;
  run.hidden = false;
  const title = document.querySelector("h1");
  title.textContent = title.dataset.meanwhile;
  let done = 0, stop = false;
  run.querySelector("[data-stop]").addEventListener("click", () => { stop = true; });
  run.querySelector("[data-stop]").hidden = goal <= size;
  run.querySelector("[data-goal]").textContent = goal;
  run.querySelector("progress").max = goal;
  const warn = (event) => event.preventDefault();
  addEventListener("beforeunload", warn);
  while (done < goal && !stop) {
    const many = Math.min(size, goal - done);
    if (!(await part(form, run, many, begun + done))) return over(run, "failed", warn);
    done += many;
    run.querySelector("[data-done]").textContent = done;
    run.querySelector("progress").value = done;
    await told().catch(() => { /* the bars above wait; the files are what counts */ });
  }
  return over(run, done < goal ? "stopped" : "done", warn);
}

// How many this form can still print.
function count(now, form) {
  return form.dataset.parts === "printed" ? now.letters - now.printed : now.cards - now.codes - now.yours;
}

async function part(form, run, many, after) {
  const body = new URLSearchParams(new FormData(form));
  body.set("combien", many);
  body.set("apres", after);
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (!answer?.ok || answer.headers.get("content-type") !== "application/pdf") return false;
  const file = await answer.blob().catch(() => null);
  if (file) save(run, file, after + 1, after + many);
  return Boolean(file);
}

function save(run, file, first, last) {
  const list = run.querySelector(".files");
  const line = run.querySelector("template").content.cloneNode(true);
  const link = line.querySelector("a");
  link.href = URL.createObjectURL(file);
  link.download = `${run.dataset.file}-${String(first).padStart(5, "0")}-${String(last).padStart(5, "0")}.pdf`;
  line.querySelector("[data-nth]").textContent = list.children.length + 1;
  line.querySelector("[data-first]").textContent = first;
  line.querySelector("[data-last]").textContent = last;
  list.append(line);
  link.click();
}

function over(run, state, warn) {
  removeEventListener("beforeunload", warn);
  for (const place of run.querySelectorAll("[data-state]")) place.hidden = ![state, "over"].includes(place.dataset.state);
}

// Asks how far the batch is, and shows it.
async function told() {
  const answer = await fetch(course.dataset.course, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  const now = await answer.json();
  const all = { printed: now.letters, cards: now.letters, codes: now.cards };
  for (const name of Object.keys(all)) {
    const bar = course.querySelector(`[data-bar=${name}]`);
    bar.max = all[name] || 1;
    bar.value = now[name];
    course.querySelector(`[data-now=${name}]`).textContent = now[name];
    course.querySelector(`[data-all=${name}]`).textContent = all[name];
  }
  return now;
}
