// The service worker: keeps our own styles, scripts and pictures, and a page for when the network is
// gone. It never keeps a page with anybody's data, and never answers anything but a GET from what it
// keeps. `KNOWN` is written above by the service: the digest of all files, and what to keep first.
const TREE = KNOWN.tree;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(TREE);
    await kept.addAll([...KNOWN.first, new Request(KNOWN.offline, { cache: "reload" })]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name !== TREE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (request.method === "GET" && new URL(request.url).pathname.startsWith(TREE)) event.respondWith(file(request));
});

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    // A payment may have left: the page says so. What was sent is never sent again from here.
    return (await caches.match(KNOWN.offline)) ?? Response.error();
  }
}

async function file(request) {
  const kept = await caches.open(TREE);
  const found = await kept.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await kept.put(request, answer.clone());
  return answer;
}
