// "Keep on this device": puts the page of the card into the browser's store, where worker.js finds it without network.
(() => {
  "use strict";
  const STORE = "kept-card";
  const PAGE = "/the-bhyt/giu/";
  if (!("caches" in window) || !navigator.serviceWorker) return;
  const drops = document.querySelectorAll("[data-drop-card]");
  const panel = document.querySelector("[data-keep-card]");
  const part = (name) => panel.querySelector(`[data-keep-${name}]`);

  async function show() {
    const kept = await caches.match(PAGE, { cacheName: STORE });
    for (const button of drops) button.hidden = !kept;
    if (!panel) return;
    panel.hidden = false;
    part("on").hidden = !kept;
    if (kept) {
      const until = new Date(1000 * kept.headers.get("X-Kept-Until") - 1000);
      part("until").textContent = until.toLocaleDateString("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "Asia/Ho_Chi_Minh" });
    }
  }

  for (const button of drops) {
    button.addEventListener("click", async () => {
      await caches.delete(STORE);
      if (panel) show();
      else location.replace("/the-bhyt/");
    });
  }
  panel?.querySelector("[data-keep]").addEventListener("click", async () => {
    part("failed").hidden = true;
    try {
      const page = await fetch(PAGE, { redirect: "error" });
      if (!page.ok) throw new Error(page.status);
      await (await caches.open(STORE)).put(PAGE, page);
    } catch {
      part("failed").hidden = false;
    }
    show();
  });
  show();
})();
