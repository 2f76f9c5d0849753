// Reads a code with the camera. Loaded when it is used.

// A text in the person's language.
const say = (text) => globalThis.crossdockWords?.[text] ?? text;

export async function look() {
  const detector = new BarcodeDetector();
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const [track] = stream.getVideoTracks();
  const cover = document.createElement("div");
  cover.className = "fixed inset-0 z-50 flex flex-col bg-black";
  cover.dataset.testid = "camera";
  const video = document.createElement("video");
  video.className = "min-h-0 flex-1 object-cover";
  Object.assign(video, { srcObject: stream, muted: true, playsInline: true });
  const bar = document.createElement("div");
  bar.className = "flex gap-2 p-3";
  const button = (words, name, act) => {
    const made = document.createElement("button");
    made.className = "btn h-20 flex-1 text-2xl font-bold";
    made.textContent = words;
    made.dataset.testid = name;
    made.onclick = act;
    bar.append(made);
  };
  let over = false, lit = false;
  if (track.getCapabilities?.().torch) {
    button(say("Torch"), "torch", () => { lit = !lit; track.applyConstraints({ advanced: [{ torch: lit }] }).catch(() => {}); });
  }
  button(say("Close"), "camera-close", () => { over = true; });
  cover.append(video, bar);
  document.body.append(cover);
  try {
    await video.play();
    while (!over) {
      const codes = await detector.detect(video).catch(() => []);
      if (codes.length) return codes[0].rawValue;
      await new Promise((next) => setTimeout(next, 120));
    }
    return "";
  } finally {
    track.stop();
    cover.remove();
  }
}
