// Small helps for the portal's pages. Every page works without this file.
(() => {
  "use strict";

  // What keeps pages for no network, see worker.js.
  navigator.serviceWorker?.register("/sw.js").catch(() => {});

  // Logging out takes a kept card along, also where the browser does not clear its stores by itself.
  document.addEventListener("submit", (event) => {
    if (new URL(event.target.action, location).pathname === "/dang-xuat/") window.caches?.delete("kept-card");
  });

  // A page that came back with errors: read the summary first.
  document.querySelector("[data-focus]")?.focus();

  // One form is sent once; the button says so. The browser's "back" frees it again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get") return;
    const unsent = document.querySelector("[data-unsent]");
    if (unsent) unsent.hidden = navigator.onLine;
    if (unsent && !navigator.onLine) {
      event.preventDefault();
      (event.submitter ?? form).before(unsent);
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button[aria-disabled]:not([aria-describedby])")) {
        button.removeAttribute("aria-disabled");
      }
    }
  });

  // A password can be read while it is typed; it is sent, and remembered by the browser, as a password.
  for (const button of document.querySelectorAll("[data-peek]")) {
    const input = button.parentElement.querySelector("input");
    const word = button.firstElementChild;
    const show = word.textContent;
    const turn = (shown) => {
      input.type = shown ? "text" : "password";
      word.textContent = shown ? button.dataset.hide : show;
    };
    button.hidden = false;
    button.addEventListener("click", () => turn(input.type === "password"));
    input.form?.addEventListener("submit", () => turn(false));
  }

  // A button that is not available says why beside it and does nothing.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[aria-disabled=true]")) event.preventDefault();
  });

  // A question that is asked only after a certain answer stands back until that answer is given.
  for (const form of document.querySelectorAll("form")) {
    const asked = [...form.querySelectorAll("[data-only]")];
    if (!asked.length) continue;
    const show = () => {
      const given = new FormData(form);
      for (const control of asked) {
        const fits = control.dataset.answers.split(" ").includes(given.get(control.dataset.only) ?? "");
        control.closest(".field").hidden = !fits;
      }
    };
    form.addEventListener("change", show);
    show();
  }

  // Codes are shown in groups and copied without the spaces.
  document.addEventListener("copy", (event) => {
    const selection = document.getSelection();
    const text = selection.toString().trim();
    if (!text) return;
    for (const code of document.querySelectorAll("data[value]")) {
      if (code.textContent.trim() === text) {
        event.clipboardData.setData("text/plain", code.value);
        event.preventDefault();
        return;
      }
    }
  });

  // One value, copied by a button that says so for a while.
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.textContent = words), 4000);
    });
  }

  // Buttons that need a script are hidden until there is one.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A picture goes to another app by the device's own sheet, where the browser offers one for files.
  const sheet = (name) => new File([], name, { type: "image/png" });
  for (const button of document.querySelectorAll("[data-share]")) {
    if (!navigator.canShare?.({ files: [sheet(button.dataset.name)] })) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const answer = await fetch(button.dataset.share);
      if (!answer.ok) return;
      const file = new File([await answer.blob()], button.dataset.name, { type: "image/png" });
      await navigator.share({ files: [file] }).catch(() => {});
    });
  }

  // A code held towards a scanner: the screen stays on, where the browser can, until the page is left.
  if (document.querySelector("[data-awake]") && navigator.wakeLock) {
    const stayAwake = () => {
      if (document.visibilityState === "visible") navigator.wakeLock.request("screen").catch(() => {});
    };
    document.addEventListener("visibilitychange", stayAwake);
    stayAwake();
  }

  // What is left of a code's life, by this device's own pace from the moment the page was made.
  for (const place of document.querySelectorAll("time[data-until]")) {
    const end = Date.now() + 1000 * (place.dataset.until - place.dataset.now);
    const show = () => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      const seconds = String(left % 60).padStart(2, "0");
      const words = left ? place.dataset.left : place.dataset.over;
      place.textContent = words.replace("0:00", `${Math.floor(left / 60)}:${seconds}`);
      if (!left) clearInterval(timer);
    };
    const timer = setInterval(show, 1000);
    place.hidden = false;
    show();
  }

  // A chosen photograph: its name at once, large and in the slot's own place.
  document.addEventListener("change", (event) => {
    const place = event.target.closest?.("[data-slot]")?.querySelector("[data-chosen]");
    const file = event.target.files?.[0];
    if (place && file) place.textContent = file.name;
  });
})();
