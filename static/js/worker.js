// The service worker: keeps what every page is drawn with, the page for no network and the page that checks cards;
// shows the card that its owner kept. Everything else always comes from the portal, and nothing of it is kept.
// SHELL comes from /sw.js: {version, files, pages: {offline, check}, data}.
"use strict";
const { version, files, pages, data, icon } = self.SHELL;
const KEPT = "shell-";
const STORE = `${KEPT}${version}`;
const CARD_STORE = "kept-card";
const CARD = "/the-bhyt/giu/";
const CARD_ASK = "/the-bhyt/giu/con/";
// Where somebody without network looks for the card: the page itself and where the app opens.
const CARD_AT = ["/", "/ca-nhan/", "/the-bhyt/", "/the-bhyt/ma/", CARD];
const NOT_OURS = ["/quan-tri/", "/api/", "/oauth/", "/webhooks/", "/metrics"];

self.addEventListener("install", (event) => {
  const install = async () => {
    await (await caches.open(STORE)).addAll(files);
    await learn(pages.offline);
    // The checking page is taken up at its first visit where it cannot be had now.
    await Promise.allSettled([pages.check, ...data].map((path) => learn(path)));
    await self.skipWaiting();
  };
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith(KEPT) && name !== STORE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// A page as a stranger sees it: without cookies it holds nothing of anybody.
async function learn(path, language) {
  const headers = language ? { "Accept-Language": language } : {};
  const answer = await fetch(path, { credentials: "omit", cache: "no-cache", headers });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  await (await caches.open(STORE)).put(path, answer);
}

const known = (path) => caches.match(path, { cacheName: STORE });

async function page(event, path) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(Promise.allSettled([refresh(path, answer), askForCard()]));
    return answer;
  } catch (error) {
    const kept = CARD_AT.includes(path) ? await card() : undefined;
    const found = kept || (path === pages.check && (await known(path))) || (await known(pages.offline));
    if (!found) throw error;
    return found;
  }
}

// The two pages follow the language of the last page read, and the checking page each visit to it.
async function refresh(path, answer) {
  const language = answer.headers.get("Content-Language");
  if (!answer.ok || !language) return;
  const offline = await known(pages.offline);
  if (offline?.headers.get("Content-Language") !== language) await Promise.all(Object.values(pages).map((one) => learn(one, language)));
  else if (path === pages.check) await learn(path, language);
}

async function card() {
  const kept = await caches.match(CARD, { cacheName: CARD_STORE });
  if (!kept) return undefined;
  if (1000 * kept.headers.get("X-Kept-Until") > Date.now()) return kept;
  await caches.delete(CARD_STORE);
  return undefined;
}

// Sessions ended on another device take the kept card along, with the next page that is read here.
async function askForCard() {
  const kept = await caches.match(CARD, { cacheName: CARD_STORE });
  if (!kept) return;
  const headers = { "X-Kept-Pass": kept.headers.get("X-Kept-Pass") ?? "" };
  const answer = await fetch(CARD_ASK, { credentials: "omit", cache: "no-store", headers });
  if (answer.status === 410) await caches.delete(CARD_STORE);
}

async function file(request) {
  return (await caches.match(request, { cacheName: STORE })) || fetch(request);
}

// Public keys and the list of withdrawn cards: the newest there is.
async function newest(request, path) {
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(STORE)).put(path, answer.clone());
    return answer;
  } catch (error) {
    const found = await known(path);
    if (!found) throw error;
    return found;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (!NOT_OURS.some((start) => pathname.startsWith(start))) event.respondWith(page(event, pathname));
  } else if (files.includes(pathname)) event.respondWith(file(request));
  else if (data.includes(pathname)) event.respondWith(newest(request, pathname));
});

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // A note without words still says that there is something.
  }
  const title = said.title || "Bạn có thông báo mới";
  event.waitUntil(self.registration.showNotification(title, { icon, tag: "notices", data: { url: "/thong-bao/" } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
