// Passkeys: asks the portal for a question, the device for the answer, and sends it with the form. Without scripts the
// buttons stay hidden and every other way to log in works.
(() => {
  "use strict";
  const able = Boolean(window.PublicKeyCredential && navigator.credentials);
  for (const place of document.querySelectorAll("[data-needs-passkeys]")) place.hidden = !able;
  for (const place of document.querySelectorAll("[data-no-passkeys]")) place.hidden = able;
  if (!able) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function ask(form) {
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    const reply = await fetch(form.dataset.options, { method: "POST", body, redirect: "error" });
    if (!reply.ok) throw new Error(reply.status);
    const question = await reply.json();
    question.challenge = bytes(question.challenge);
    if (form.dataset.passkey === "get") {
      question.allowCredentials = named(question.allowCredentials);
      return navigator.credentials.get({ publicKey: question });
    }
    question.user.id = bytes(question.user.id);
    question.excludeCredentials = named(question.excludeCredentials);
    return navigator.credentials.create({ publicKey: question });
  }

  function written(credential) {
    const { response } = credential;
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: {
        clientDataJSON: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
        authenticatorData: text(response.authenticatorData),
        signature: text(response.signature),
        userHandle: text(response.userHandle),
      },
    });
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.asking) return;
      form.dataset.asking = "1";
      const failed = document.querySelector("[data-failed]");
      if (failed) failed.hidden = true;
      try {
        form.elements.credential.value = written(await ask(form));
        form.submit();
      } catch {
        // The reader closed the device's question, or there is no passkey: the page stays as it is.
        if (failed) failed.hidden = false;
      } finally {
        delete form.dataset.asking;
      }
    });
  }
})();
