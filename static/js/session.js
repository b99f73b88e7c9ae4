// Before a session ends for want of activity it asks once; a key keeps it. Pages in other tabs know of each other.
(() => {
  "use strict";
  const WARNING = 150;
  const dialog = document.getElementById("stay");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  let end, timer;

  // A card that somebody else kept on this device goes.
  if ("caches" in window) {
    caches.match("/the-bhyt/giu/", { cacheName: "kept-card" }).then((kept) => {
      if (kept && kept.headers.get("X-Kept-Owner") !== dialog.dataset.owner) caches.delete("kept-card");
    });
  }

  function until(seconds) {
    end = Date.now() + seconds * 1000;
    dialog.hidden = false;
    if (dialog.open && !dialog.dataset.over) dialog.close();
    look();
  }

  // A laptop that slept has missed its timers: look at the clock whenever the page is looked at.
  function look() {
    clearTimeout(timer);
    const left = (end - Date.now()) / 1000;
    if (left <= 0) return over();
    if (left <= WARNING) ask();
    timer = setTimeout(look, Math.max(0.2, left > WARNING ? left - WARNING : left) * 1000);
  }

  function ask() {
    if (dialog.open) return;
    const time = new Date(end).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    for (const place of dialog.querySelectorAll("[data-time]")) place.textContent = time;
    dialog.showModal();
  }

  function over() {
    if (dialog.dataset.over) return;
    dialog.dataset.over = "1";
    dialog.querySelector("[data-soon]").hidden = true;
    dialog.querySelector("[data-past]").hidden = false;
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-again]").focus();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "error" });
      const { left } = await answer.json();
      until(left);
      tabs?.postMessage(left);
    } catch {
      end = 0;
      look();
    }
  });

  // What was typed is sent as it is: the portal keeps it, asks for the login, and shows it again.
  dialog.querySelector("[data-again]").addEventListener("click", (event) => {
    const typed = [...document.querySelectorAll("main form[data-keep]")].at(-1);
    if (!typed) return;
    event.preventDefault();
    typed.noValidate = true;
    typed.submit();
  });
  dialog.addEventListener("cancel", (event) => {
    if (dialog.dataset.over) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => document.hidden || look());
  if (tabs) tabs.onmessage = (event) => dialog.dataset.over || until(event.data);
  until(Number(dialog.dataset.left));
  tabs?.postMessage(Number(dialog.dataset.left));
})();
