// "Tell me on this device": asks the browser for an address at its push service and hands it to the portal.
(() => {
  "use strict";
  const form = document.querySelector("form[data-push]");
  if (!form || !("PushManager" in window) || !navigator.serviceWorker || !("Notification" in window)) return;
  const place = (name) => document.querySelector(`[data-push-${name}]`);
  const show = (on) => {
    form.hidden = on;
    place("on").hidden = !on;
    place("none").hidden = true;
  };
  const key = Uint8Array.from(atob(form.dataset.push.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const written = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  async function hand(subscription) {
    const body = new URLSearchParams({
      csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
      endpoint: subscription.endpoint,
      key: written(subscription.getKey("p256dh")),
      secret: written(subscription.getKey("auth")),
    });
    const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
    if (!answer.ok) {
      await subscription.unsubscribe();
      throw new Error(answer.status);
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    place("blocked").hidden = true;
    try {
      const { pushManager } = await navigator.serviceWorker.ready;
      await hand(await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
      location.reload(); // the list below names this device now
    } catch {
      delete form.dataset.sent;
      place("blocked").hidden = false;
    }
  });

  navigator.serviceWorker.ready
    .then((registration) => registration.pushManager.getSubscription())
    .then((subscription) => show(Boolean(subscription)));
})();
