// What the handheld asks of the browser: its database, the network, the service worker. Written by
// hand instead of bound one by one, because every binding is bytes that a handheld downloads.
// scripts/build puts the names of the built files in place of __…__.
import init, { start } from "./__GLUE__";

const DATABASE = "crossdock-floor";
const VERSION = 1;
const channel = "BroadcastChannel" in window ? new BroadcastChannel(DATABASE) : null;
const held = new Map();
let opened;

// acts: what the worker did, in order; tasks: work to do, by "user/task"; meta: who works here.
function database() {
  opened ??= new Promise((resolve, reject) => {
    const ask = indexedDB.open(DATABASE, VERSION);
    ask.onupgradeneeded = () => {
      const db = ask.result;
      db.createObjectStore("acts", { keyPath: "seq", autoIncrement: true }).createIndex("id", "id", { unique: true });
      db.createObjectStore("tasks");
      db.createObjectStore("meta");
    };
    ask.onsuccess = () => {
      const db = ask.result;
      // A newer page wants to change the database: it goes first, and this one opens it again.
      db.onversionchange = () => { db.close(); opened = undefined; };
      db.onclose = () => { opened = undefined; };
      resolve(db);
    };
    ask.onerror = () => { opened = undefined; reject(ask.error); };
    ask.onblocked = () => { opened = undefined; reject(new Error("blocked")); };
  });
  return opened;
}

// Runs `work` on one store; resolves once it is done. Acts are on the disk by then; what the server
// has as well need not be.
async function change(name, work) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(name, "readwrite", { durability: name === "acts" ? "strict" : "relaxed" });
    let answer;
    transaction.oncomplete = () => resolve(answer);
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    const asked = work(transaction.objectStore(name));
    if (asked) asked.onsuccess = () => { answer = asked.result; };
  });
}

async function read(name, work) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const ask = work(db.transaction(name, "readonly").objectStore(name));
    ask.onsuccess = () => resolve(ask.result);
    ask.onerror = () => reject(ask.error);
  });
}

function find(store, id, then) {
  const ask = store.index("id").getKey(id);
  ask.onsuccess = () => { if (ask.result !== undefined) then(ask.result); };
}

const told = (value) => { channel?.postMessage("acts"); return value; };

const keep = (act) => change("acts", (store) => store.add(act)).then(told);

// Loaded with the first photo that is to be taken or sent.
let photos;
const withPhotos = () => (photos ??= import("./__PHOTO__").catch(() => { photos = undefined; }));

// Damaged and unexpected goods are worth a photo; the next act withdraws the offer.
async function offerPhoto(act) {
  const { do: kind, reason } = act.request.action;
  const worth = kind === "unexpected" || (kind === "short" && reason === "damaged");
  if (worth || photos) (await withPhotos())?.acted(act, worth);
}

let checking = Promise.resolve();

// Whether a code is the one that was hashed; a badge says how often.
async function opens(code, secret) {
  if (!secret?.hash) return false;
  const hash = await slowHash(code, new Uint8Array(secret.salt), secret.rounds);
  return hash.every((byte, at) => byte === secret.hash[at]);
}

async function pinTry(user, pin) {
  const kept = await crossdock.get("meta", `pin/${user}`);
  if (kept.wrong >= 5) return "too often";
  const right = await opens(pin, kept) || await opens(pin, kept.badge);
  await pinChange(user, right ? { wrong: 0, locked: false } : { wrong: kept.wrong + 1 });
  return right ? "right" : "wrong";
}

// The last answers to reads, by path: what did not change since is not sent again.
const known = new Map();
const MOST_KNOWN = 20;

// One request and its whole answer; fails when there is none.
async function ask(method, path, body) {
  const before = method === "GET" ? known.get(path) : undefined;
  const answer = await fetch(path, {
    method,
    cache: "no-store",
    credentials: "same-origin",
    headers: {
      accept: "application/json",
      ...(before && { "if-none-match": before.tag }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  if (before && answer.status === 304) return before.read;
  const read = { ok: answer.ok, status: answer.status, text: await answer.text() };
  const tag = answer.headers.get("etag");
  if (tag && method === "GET") {
    known.delete(path);
    known.set(path, { tag, read });
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value);
  }
  return read;
}

// Asked while the module is still on its way, by path; each answer serves one call.
const early = new Map();
// Work was read, or could not be.
let workRead;
const calm = new Promise((done) => { workRead = done; });

globalThis.crossdock = {
  // Everything kept, oldest first.
  acts: () => read("acts", (store) => store.getAll()),
  // Keeps an act; fails when the device has no room.
  keep: (act) => keep(act).then((kept) => { offerPhoto(act).catch(() => {}); return kept; }),
  // What became of acts: [{ id, ...fields }], all or none; `gone` removes one.
  settle: (news) => change("acts", (store) => {
    for (const { id, gone, ...fields } of news) {
      find(store, id, (key) => {
        if (gone) { store.delete(key); return; }
        const ask = store.get(key);
        ask.onsuccess = () => store.put({ ...ask.result, ...fields });
      });
    }
  }).then(told).then((done) => { photos?.then((photo) => photo?.send()); return done; }),
  // Reads, keeps and forgets by key.
  get: (name, key) => read(name, (store) => store.get(key)),
  set: (name, key, value) => change(name, (store) => { store.put(value, key); }),
  remove: (name, key) => change(name, (store) => { store.delete(key); }),
  // Values whose keys begin so.
  below: (name, prefix) => read(name, (store) => store.getAll(IDBKeyRange.bound(prefix, `${prefix}\uffff`))),
  // Hears of acts of another tab.
  listen: (heard) => { if (channel) channel.onmessage = heard; },

  // One request: { status, body }; status 0 when there is no answer.
  call: async (method, path, body) => {
    // Who signs in or out is somebody else to what was asked before.
    if (path.startsWith("/api/fn/session/")) { early.clear(); known.clear(); }
    try {
      const asked = early.get(path);
      early.delete(path);
      const { ok, status, text } = await (asked ?? ask(method, path, body));
      let read;
      try { read = text ? JSON.parse(text) : undefined; } catch { read = undefined; }
      // Who signed in speaks another language than the page.
      if (ok && path === "/api/v1/session" && (choice() ?? language) !== language) location.reload();
      return { status, body: read };
    } catch {
      return { status: 0 };
    } finally {
      if (path.startsWith("/api/v1/tasks")) workRead();
    }
  },

  // Whether this tab is the one that does `name` now, until it lets go.
  hold: (name) => new Promise((answer) => {
    if (!navigator.locks) { answer(!held.has(name)); held.set(name, () => {}); return; }
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      answer(Boolean(lock));
      return lock && new Promise((done) => held.set(name, done));
    });
  }),
  release: (name) => { held.get(name)?.(); held.delete(name); },

  // A PIN per person, kept as a slow hash; `locked` outlives a reload.
  pinState: async (user) => {
    const kept = await crossdock.get("meta", `pin/${user}`);
    return kept?.hash || kept?.badge ? kept.locked : undefined;
  },
  pinLock: (user) => pinChange(user, { locked: true }),
  pinSet: async (user, pin) => {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const kept = await crossdock.get("meta", `pin/${user}`);
    await crossdock.set("meta", `pin/${user}`, { ...kept, salt, hash: await slowHash(pin, salt), wrong: 0, locked: false });
  },
  // The badge of the person, as the server says; it opens what the PIN opens.
  badgeSet: async (user, badge) => {
    const kept = await crossdock.get("meta", `pin/${user}`);
    if (badge || kept) await crossdock.set("meta", `pin/${user}`, { wrong: 0, locked: false, ...kept, badge });
  },
  // One at a time: each counts the tries before it.
  pinCheck: (user, pin) => (checking = checking.catch(() => {}).then(() => pinTry(user, pin))),
  // The password is stronger than the PIN: it opens what the PIN closed.
  pinOpen: (user) => pinChange(user, { wrong: 0, locked: false }),

  // Tells the battery's charge in percent, and whether it charges; never where browsers do not know.
  battery: (heard) => {
    navigator.getBattery?.().then((battery) => {
      const tell = () => heard(Math.round(battery.level * 100), battery.charging);
      battery.addEventListener("levelchange", tell);
      battery.addEventListener("chargingchange", tell);
      tell();
    }).catch(() => {});
  },

  // Whether a code can be read with the camera.
  canLook: () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia),
  // Reads one code with the camera; `found` gets it, or an empty text when the person gave up.
  look: (found) => import("./__CAMERA__").then((camera) => camera.look()).then(found, () => found("")),

  // Calls `ready` when a newer build lies waiting.
  watchBuilds: async (ready) => {
    const worker = navigator.serviceWorker;
    if (!worker) return;
    // On a first visit, what it downloads would take the line from the work itself.
    if (!worker.controller) await Promise.race([calm, new Promise((done) => setTimeout(done, 3_000))]);
    const registration = await worker.register("/floor-worker.js", { scope: "/floor" }).catch(() => null);
    if (!registration) return;
    const look = () => { if (registration.waiting && worker.controller) ready(); };
    registration.installing?.addEventListener("statechange", look);
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", look);
    });
    look();
  },
  // Looks whether the server has a newer build.
  lookForBuild: () => { navigator.serviceWorker?.getRegistration("/floor").then((found) => found?.update()).catch(() => {}); },
  // Takes the newer build.
  takeBuild: async () => {
    const registration = await navigator.serviceWorker?.getRegistration("/floor");
    if (!registration?.waiting) { location.reload(); return; }
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting.postMessage("take over");
    // A browser may keep the older worker while that is busy; who asked for the new build sees it loaded all the same.
    setTimeout(() => location.reload(), 5_000);
  },
};

async function slowHash(pin, salt, iterations = 200_000) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256));
}

async function pinChange(user, fields) {
  const kept = await crossdock.get("meta", `pin/${user}`);
  if (kept) await crossdock.set("meta", `pin/${user}`, { ...kept, ...fields });
}

// Acts that an older version kept in the local storage move to the database before anything else.
function moved(old, user) {
  const action = {
    claim: {},
    pick: { line_id: old.line, quantity: old.quantity, scanned: old.scanned ?? null, over_confirmed: old.confirmed },
    short: { line_id: old.line, reason: old.reason, text: old.words ?? null },
    undo: { operation_id: old.undoes },
    finish: { partial_confirmed: old.confirmed },
  }[old.kind];
  return {
    id: old.id, user, name: "", text: old.text, state: old.refused ? "refused" : "waiting",
    message: old.refused ?? "", asks: Boolean(old.asks), seen: false,
    request: {
      id: old.id, task_id: old.task, made_at: new Date(old.made_at_ms).toISOString(), device: old.device,
      offline: true, action: { do: old.kind, ...action },
    },
  };
}

async function moveOldActs() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith("crossdock.act."));
  for (const key of keys.sort()) {
    const user = Number(key.split(".")[2]);
    try {
      await keep(moved(JSON.parse(localStorage.getItem(key)), user));
    } catch (error) {
      // Moved already, before a crash; anything else stays where it is and is tried again.
      if (error?.name !== "ConstraintError") continue;
    }
    localStorage.removeItem(key);
  }
}

// The language and the theme are the person's, or the device's.
const offered = __LANGUAGES__;
const speaks = (name) => name === "en" || Object.hasOwn(offered, name);
const choice = () => [document.cookie.match(/(?:^|; )language=(\w+)/)?.[1] ?? ""].find(speaks);
const language = choice() ?? navigator.languages.map((name) => name.slice(0, 2)).find(speaks) ?? "en";
document.documentElement.lang = language === "sr" ? "sr-Latn" : language;
// English needs none; another language without its words is said in English.
const words = offered[language] && import(offered[language]).catch(() => {});
const theme = document.cookie.match(/(?:^|; )theme=(light|dark)/);
if (theme) document.documentElement.dataset.theme = theme[1];
// Asked once: a browser may otherwise clear what a device keeps when it runs short of room.
navigator.storage?.persist?.().catch(() => {});
// What the first page needs of the server does not wait for the module, nor the module for the words.
const list = /^\/floor\/?$/.test(location.pathname) ? ["/api/v1/tasks?mine=true&limit=100"] : [];
for (const path of ["/api/v1/session", ...list]) {
  const asked = ask("GET", path);
  asked.catch(() => {});
  early.set(path, asked);
}
await Promise.all([init({ module_or_path: new URL("./__WASM__", import.meta.url) }), moveOldActs().catch(() => {}), words]);
start();
// What nobody wanted by now is old.
setTimeout(() => early.clear(), 5_000);
if (localStorage.getItem("crossdock.photos")) withPhotos().then((photo) => photo?.send());
