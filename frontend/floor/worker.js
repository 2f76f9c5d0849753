// Keeps the handheld's page on the device, so that it opens without a network. Work is not its
// business: that lies in the page's database. scripts/build puts the build and its files in place of __…__.
const BUILD = "__BUILD__";
const PAGE = "/floor";
const FILES = __FILES__;
const CACHE = `floor-${BUILD}`;

self.addEventListener("install", (event) => {
  // What is no file of the page goes past this worker: requests on their way would keep it from being replaced.
  event.addRoutes?.({ condition: { urlPattern: "/api/*" }, source: "network" })?.catch(() => {});
  // A file named by its content is the same wherever it comes from: what the page just loaded is not loaded again.
  const lasts = (path) => /\.[0-9a-f]{16}\.\w+$/.test(path);
  const wanted = [PAGE, ...FILES].map((path) => new Request(path, { cache: lasts(path) ? "default" : "reload" }));
  event.waitUntil(caches.open(CACHE).then(async (cache) => {
    await cache.addAll(wanted);
    // While nodes are replaced one by one, the page may come from another build than this file.
    const page = await (await cache.match(PAGE)).text();
    const named = FILES.filter((path) => /^\/pkg\/floor(-device)?\./.test(path));
    if (!named.every((path) => page.includes(path))) throw new Error("the page is of another build");
  }));
});

// Only once no page of the older build is open, or the worker asked for the new one.
self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("floor-") && name !== CACHE;
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const page = request.mode === "navigate" && (url.pathname === PAGE || url.pathname.startsWith(`${PAGE}/`));
  if (!page && !FILES.includes(url.pathname)) return;
  event.respondWith(
    caches.open(CACHE)
      .then((cache) => cache.match(page ? PAGE : url.pathname))
      .then((kept) => kept ?? fetch(request)),
  );
});
