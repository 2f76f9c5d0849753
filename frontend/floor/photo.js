// Photos of damaged and unexpected goods: offered after the act, made smaller here, kept in a database
// of their own until the server has them. Loaded when there is one to take or to send. An act never
// waits for its photo.
const DATABASE = "crossdock-floor-photos";
const KEPT = "crossdock.photos"; // Set while there may be some on this device.
const SENDER = "crossdock-send-photos";
const LONGEST_SIDE = 1280; // pixels
const LARGEST = 1024 * 1024; // bytes, as the server
const TRY_AGAIN = 8_000; // milliseconds
const SAID = 6_000; // milliseconds
const HEARD = 100; // milliseconds after which a screen reader knows a new place and says what changes in it
const DRAWN = 300; // milliseconds until the page that was just opened may have its header

// A text in the person's language.
const say = (text) => globalThis.crossdockWords?.[text] ?? text;

let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const ask = indexedDB.open(DATABASE, 1);
    ask.onupgradeneeded = () => { ask.result.createObjectStore("photos", { keyPath: "id" }); };
    ask.onsuccess = () => {
      const db = ask.result;
      db.onversionchange = () => { db.close(); opened = undefined; };
      db.onclose = () => { opened = undefined; };
      resolve(db);
    };
    ask.onerror = () => { opened = undefined; reject(ask.error); };
  });
  return opened;
}

// Runs `work` on the photos; resolves once it is on the disk.
async function run(mode, work) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction("photos", mode, { durability: "strict" });
    const ask = work(transaction.objectStore("photos"));
    transaction.oncomplete = () => resolve(ask.result);
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
}

const all = () => run("readonly", (store) => store.getAll());
const forget = (id) => run("readwrite", (store) => store.delete(id));

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// An act was kept: offers a photo of it, or withdraws the offer of the one before.
export function acted(act, worth) {
  line("photo-offer", worth ? offer(act) : []);
}

function offer(act) {
  const words = told("min-w-0 flex-1", say("Take a photo of the goods?"));
  const input = element("input", "hidden");
  Object.assign(input, { type: "file", accept: "image/*" });
  input.setAttribute("capture", "environment");
  input.dataset.testid = "photo-input";
  input.onchange = () => {
    const [file] = input.files;
    input.value = "";
    if (file) take(file, act, words);
  };
  return [
    words, input,
    button("photo-take", say("Take photo"), () => input.click()),
    button("photo-none", say("No photo"), () => line("photo-offer", [])),
  ];
}

async function take(file, act, words) {
  let content;
  try {
    content = await smaller(file);
  } catch {
    words.textContent = say("This picture cannot be read. Take it again.");
    return;
  }
  try {
    localStorage.setItem(KEPT, "1");
    await run("readwrite", (store) => store.put({ id: newId(), operation: act.id, user: act.user, content }));
    // Whoever found none meanwhile has taken the mark away.
    localStorage.setItem(KEPT, "1");
  } catch {
    words.textContent = say("This device is full. Tell your lead; do not clear its data.");
    return;
  }
  line("photo-offer", []);
  await send();
}

// A JPEG no larger than needed to see the damage; what the camera noted beside it, such as the place,
// is not in it.
async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  for (const quality of [0.8, 0.6, 0.4]) {
    const blob = await new Promise((made) => canvas.toBlob(made, "image/jpeg", quality));
    if (blob && blob.size <= LARGEST) return blob.arrayBuffer();
  }
  throw new Error("too large");
}

let sending = false;
let again = false;
let early = 20; // Looks for the header of a page that is being drawn.
let timer;
let clearing; // Takes away what is said only for a while.

// Sends what is kept, one after the other, each after the server answered its act.
export async function send() {
  // An act was answered meanwhile.
  if (sending) { again = true; return; }
  sending = true;
  again = false;
  clearTimeout(timer);
  try {
    if (await crossdock.hold(SENDER)) {
      try { await sendAll(); } finally { crossdock.release(SENDER); }
    }
  } catch {
    // Tried again below.
  } finally {
    sending = false;
  }
  const left = await show().catch(() => true);
  if (again) send();
  else if (left) timer = setTimeout(send, header() || (early -= 1) < 0 ? TRY_AGAIN : DRAWN);
}

async function sendAll() {
  const who = await crossdock.get("meta", "who");
  const acts = await crossdock.acts();
  const waits = new Set(acts.filter((act) => act.state === "waiting").map((act) => act.id));
  for (const photo of await all()) {
    if (photo.refused || photo.user !== who?.user_id || waits.has(photo.operation)) continue;
    const answer = await upload(photo);
    if (answer === "unreachable") return;
    if (answer === "later") continue;
    if (answer === "sent") await forget(photo.id).then(done);
    else await run("readwrite", (store) => store.put({ ...photo, refused: answer }));
  }
}

// "sent", "unreachable" when others would fare no better, "later", or the sentence that refuses it.
async function upload({ id, operation, content }) {
  let answer;
  try {
    answer = await fetch(`/api/v1/operations/${operation}/photos/${id}`, {
      method: "PUT",
      cache: "no-store",
      credentials: "same-origin",
      headers: { accept: "application/json", "content-type": "image/jpeg" },
      body: content,
      signal: AbortSignal.timeout(60_000),
    });
  } catch {
    return "unreachable";
  }
  if (answer.ok) return "sent";
  if (answer.status === 404) return say("The server does not know what this photo belongs to.");
  const told = await answer.json().then(({ detail }) => detail, () => null);
  if (answer.status === 413 || answer.status === 422) return told ?? say("The server does not take this photo.");
  return answer.status === 401 || answer.status === 429 || answer.status >= 500 ? "unreachable" : "later";
}

// Says for a while that a photo is with the lead.
function done() {
  line("photo-sent", [told("", say("The photo is sent."))]);
  const shown = document.querySelector("[data-testid=photo-sent]");
  shown?.classList.replace("bg-amber-400", "bg-emerald-400");
  clearTimeout(clearing);
  clearing = setTimeout(() => line("photo-sent", []), SAID);
}

// Says how many wait and which one was refused; answers whether any is to be sent.
async function show() {
  const photos = await all();
  if (!photos.length) localStorage.removeItem(KEPT);
  const who = await crossdock.get("meta", "who");
  const mine = photos.filter((photo) => photo.user === who?.user_id);
  const count = mine.filter((photo) => !photo.refused).length;
  line("photos-waiting", count ? [element("span", "", say("Photos to send: {count}").replace("{count}", count))] : []);
  const refused = mine.find((photo) => photo.refused);
  line("photo-refused", refused ? refusal(refused) : []);
  return photos.some((photo) => !photo.refused);
}

function refusal({ id, refused }) {
  const words = element("span", "min-w-0 flex-1", say(refused));
  words.setAttribute("role", "alert");
  return [words, button("photo-refused-ok", say("OK"), () => forget(id).then(show).catch(() => {}))];
}

const header = () => document.querySelector("body > div > header");

// A line below the header, in place of the one of that name; none without children.
function line(name, children) {
  document.querySelector(`[data-testid="${name}"]`)?.remove();
  const above = header();
  if (!children.length || !above) return;
  const made = element("div", "flex shrink-0 items-center gap-3 bg-amber-400 px-4 py-2 text-lg font-semibold text-black");
  made.dataset.testid = name;
  made.append(...children);
  above.after(made);
}

function button(name, words, act) {
  const made = element("button", "h-14 shrink-0 rounded-xl bg-black px-4 text-white", words);
  made.type = "button";
  made.dataset.testid = name;
  made.onclick = act;
  return made;
}

// Words that are read out: they come once their place is there. What else was said there by then stays.
function told(look, words) {
  const made = element("span", look);
  made.setAttribute("role", "status");
  setTimeout(() => { made.textContent ||= words; }, HEARD);
  return made;
}

function element(kind, look, words) {
  const made = document.createElement(kind);
  made.className = look;
  if (words) made.textContent = words;
  return made;
}
