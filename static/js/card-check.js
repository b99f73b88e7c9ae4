// Checks the code of a BHYT card on this device: signature, dates, the signed list of revoked ones. Asks nobody.
// The rules are those of insurance/card_tokens.py; tests/insurance/vectors holds both to the same answers.

const SKEW = 30;
const FRESH = 300;
const PATIENCE = 4000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const HANOI = 7 * 3600;
const WRITING = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

// base64url, strictly: the spare bits of the last sign must be zero, or a code would have many writings.
function decoded(part) {
  const text = atob(part.replace(/-/g, "+").replace(/_/g, "/"));
  const again = btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  if (again !== part) throw new Error("not the one writing");
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

const parsed = (part) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decoded(part)));

// What a signed text of this kind says; null for a key we do not know; throws for what is not authentic.
async function opened(text, kind, keys) {
  if (!WRITING.test(text)) throw new Error("no code");
  const [head, body, signature] = text.split(".");
  const header = parsed(head);
  if (header.typ !== kind) throw new Error("another kind");
  const found = keys.find((key) => key.kid === header.kid);
  if (!found) return null;
  if (header.alg !== "ES256") throw new Error("another algorithm");
  const key = await crypto.subtle.importKey("jwk", { kty: found.kty, crv: found.crv, x: found.x, y: found.y }, ALGORITHM, false, ["verify"]);
  const signed = new TextEncoder().encode(`${head}.${body}`);
  if (!(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, decoded(signature), signed))) throw new Error("another signature");
  return parsed(body);
}

// The revoked codes and their age; null when there is no list of ours.
export async function readList(list, keys) {
  try {
    return await opened(`${list.protected}.${list.payload}.${list.signature}`, "bhyt-revoked", keys);
  } catch {
    return null;
  }
}

// {status, said}: `list` as readList gives it, `now` in seconds since 1970.
export async function judge(text, { keys, list, now }) {
  let said;
  try {
    said = await opened(text.trim(), "bhyt", keys);
  } catch {
    return { status: "invalid" };
  }
  if (said === null) return { status: "unknown_key" };
  if (now < said.iat - SKEW) return { status: "early" };
  if (list?.r.some(([card, until]) => card === said.c && said.iat <= until)) return { status: "revoked", said };
  if (new Date((now + HANOI) * 1000).toISOString().slice(0, 10) > said.e) return { status: "ended", said };
  if (said.exp !== undefined) return { status: now < said.exp ? "valid" : "expired", said };
  return { status: list && now < list.exp ? "valid" : "stale", said };
}

function start(place) {
  const KEPT = "card-check";
  const seconds = () => Date.now() / 1000;
  const form = place.querySelector("form");
  const camera = place.querySelector("[data-camera]");
  let known = { keys: [], list: null };

  // The newest keys and list; those of the last visit serve while there is no network.
  async function learn() {
    let kept = null;
    try {
      kept = await Promise.all([place.dataset.keys, place.dataset.list].map(async (address) => {
        const answer = await fetch(address, { cache: "no-cache", signal: AbortSignal.timeout?.(PATIENCE) });
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
      }));
    } catch { /* without network */ }
    try {
      if (kept) localStorage.setItem(KEPT, JSON.stringify(kept));
      else kept = JSON.parse(localStorage.getItem(KEPT));
    } catch { /* without a place to keep things, or nothing of ours there */ }
    if (!kept) return;
    const keys = kept[0].keys;
    known = { keys, list: await readList(kept[1], keys) };
    const age = place.querySelector("[data-list-age]");
    if (known.list) {
      const at = new Date(known.list.iat * 1000);
      age.querySelector("b").textContent = at.toLocaleString("en-GB", { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Ho_Chi_Minh" });
      age.hidden = false;
    }
  }
  let learned = learn();

  const panel = place.querySelector("[data-said]");

  // The answer about one card never stays beside the next one.
  function clear() {
    for (const answer of place.querySelectorAll("[data-answer]")) answer.hidden = true;
    place.querySelector(".sum")?.remove();
    panel.hidden = true;
  }

  function show({ status, said }) {
    clear();
    place.querySelector(`[data-answer="${status}"]`).hidden = false;
    panel.hidden = !said;
    for (const fact of said ? panel.querySelectorAll("[data-fact]") : []) {
      const value = String(said[fact.dataset.fact] ?? "");
      const written = { e: () => value.split("-").reverse().join("/"), n: () => value.replace(/^(..)(.)(..)(....)(...)(...)$/, "$1 $2 $3 $4 $5 $6") };
      fact.textContent = (written[fact.dataset.fact] ?? (() => value))();
    }
    place.querySelector("[data-answers]").scrollIntoView({ block: "center" });
  }

  async function check(text) {
    await learned;
    const old = !known.list || seconds() - known.list.iat > FRESH;
    if (old && navigator.onLine) await (learned = learn());
    show(await judge(text, { ...known, now: seconds() }));
  }

  const detector = "BarcodeDetector" in window ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
  const read = async (picture) => (await detector.detect(picture).catch(() => []))[0]?.rawValue;

  form.addEventListener("submit", async (event) => {
    const text = form.elements.token.value.trim();
    const file = form.elements.photo.files[0];
    clear();
    const alone = file && !detector && !navigator.onLine;
    if (!text && !alone && !(file && detector)) return; // the server reads the picture
    event.preventDefault();
    if (!text && alone) {
      show({ status: "no_reader" });
      return;
    }
    const found = text || (await read(await createImageBitmap(file).catch(() => null)));
    if (found) await check(found);
    else if (navigator.onLine) form.submit();
    else show({ status: "unread" });
  });

  if (!detector || !navigator.mediaDevices?.getUserMedia) return;
  camera.hidden = false;
  const video = camera.querySelector("video");
  camera.querySelector("[data-scan]").addEventListener("click", async () => {
    clear();
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      camera.hidden = true; // no camera, or not allowed: a picture or the text serves as well
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    let found;
    while (!found && stream.active) {
      found = await read(video);
      await new Promise((done) => setTimeout(done, 200));
    }
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
    if (found) await check(found);
  });
}

const place = document.querySelector("[data-card-check]");
if (place) start(place);
