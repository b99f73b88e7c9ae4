// Solves the task of components/challenge.html while the form is filled in; a form sent too early waits for it.
// Without this script, or where the browser has no WebCrypto, the page's own words hold: wait, then press.
(() => {
  "use strict";
  if (!window.Worker || !window.crypto?.subtle) return;

  for (const box of document.querySelectorAll("[data-challenge]")) {
    const field = box.querySelector("[data-solution]");
    const form = field.form;
    const challenge = JSON.parse(box.dataset.challenge);
    const say = (state) => {
      for (const words of box.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== state;
    };
    let held = null;

    form.addEventListener(
      "submit",
      (event) => {
        if (field.value) return;
        event.preventDefault();
        held = event.submitter;
      },
      true,
    );
    const worker = new Worker(box.dataset.worker);
    worker.onmessage = ({ data: solution }) => {
      field.value = btoa(JSON.stringify({ challenge, solution }));
      say("done");
      worker.terminate();
      if (held) form.requestSubmit(held);
    };
    worker.onerror = () => {
      field.value = "-";
      say("wait");
    };
    say("working");
    worker.postMessage(challenge.parameters);
  }
})();
