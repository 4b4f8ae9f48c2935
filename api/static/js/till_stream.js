// Follows a till: each payment and refund once and in order, through every cut.
//
// The id of the last event is kept for this tab, so that neither a cut, a sleeping phone nor a
// reload misses one. The server says something every ten seconds: silence means that it is cut.
const SILENCE = 25_000;
const FIRST = 300;
const LAST = 5_000;
const KEPT = 15 * 60_000;

export function follow(till, since, hears) {
  const store = `caisse ${till}`;
  let last = kept(store) ?? since;
  let down = false;
  let waits = FIRST;
  let cut;
  let wake = () => {};

  function lost() {
    if (down) return;
    down = true;
    hears.down();
  }

  function take(block) {
    const facts = {};
    for (const line of block.split("\n")) {
      const at = line.indexOf(": ");
      if (at > 0) facts[line.slice(0, at)] = line.slice(at + 2);
    }
    if (!facts.event) return;
    if (facts.event === "open") {
      waits = FIRST;
      hears.up(down);
      down = false;
    } else {
      hears.event(facts.event, JSON.parse(facts.data));
    }
    last = facts.id;
    sessionStorage.setItem(store, JSON.stringify({ id: last, at: Date.now() }));
  }

  async function listen() {
    const controller = new AbortController();
    cut = () => controller.abort();
    let silence = setTimeout(cut, SILENCE);
    try {
      const answer = await fetch(`/v1/tills/${till}/events`, { headers: { "Last-Event-ID": last }, signal: controller.signal, cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) return hears.out();
      if (!answer.ok) { if (answer.status === 400) last = since; throw new Error(answer.status); }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return undefined;
        clearTimeout(silence);
        silence = setTimeout(cut, SILENCE);
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        blocks.forEach(take);
      }
    } finally {
      clearTimeout(silence);
    }
  }

  async function run() {
    for (;;) {
      try { if (await listen() === "out") return; } catch { /* told below: it is cut */ }
      lost();
      await new Promise((resolve) => { wake = resolve; setTimeout(resolve, waits); });
      waits = Math.min(waits * 2, LAST);
    }
  }

  addEventListener("offline", () => { lost(); cut?.(); });
  addEventListener("online", () => { waits = FIRST; wake(); });
  // A phone that slept: what it holds may be a dead connection that nobody has noticed.
  let hidden = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") { hidden = Date.now(); return; }
    if (hidden && Date.now() - hidden > SILENCE) cut?.();
    waits = FIRST;
    wake();
  });
  run();
}

function kept(store) {
  const found = JSON.parse(sessionStorage.getItem(store) ?? "null");
  return found && Date.now() - found.at < KEPT ? found.id : undefined;
}

// The head and the two notices: live, cut since when, back with how many.
export function connection(hour) {
  const live = document.getElementById("direct");
  const cut = document.getElementById("coupure");
  const back = document.getElementById("retour");
  let caught = -1;
  let timer;
  const say = () => {
    const words = back.dataset;
    back.querySelector("p").textContent = caught > 1 ? words.many.replace("{count}", caught) : caught ? words.one : words.none;
  };
  return {
    up(again) {
      live.hidden = false;
      live.dataset.live = "on";
      cut.hidden = true;
      if (!again) return;
      caught = 0;
      say();
      back.hidden = false;
      clearTimeout(timer);
      timer = setTimeout(() => { back.hidden = true; caught = -1; }, 10_000);
    },
    down() {
      live.hidden = false;
      live.dataset.live = "out";
      back.hidden = true;
      cut.querySelector("b").textContent = cut.dataset.cut.replace("{hour}", hour(Date.now()));
      cut.hidden = false;
    },
    live: () => live.dataset.live === "on",
    caught() { if (caught >= 0) { caught += 1; say(); } },
  };
}
