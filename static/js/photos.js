// Photographs are made smaller before they are sent: quicker and cheaper on a phone. The server judges and re-encodes
// whatever comes, so a browser that cannot do this, or has no scripts, sends the photo as it is.
(() => {
  "use strict";
  const LONGEST = 2000;
  const QUALITY = 0.85;
  const working = new Map();

  async function smaller(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    try {
      const factor = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * factor);
      canvas.height = Math.round(picture.height * factor);
      const pen = canvas.getContext("2d", { alpha: false });
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.imageSmoothingQuality = "high";
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      return blob && blob.size < file.size ? blob : null;
    } finally {
      picture.close();
    }
  }

  async function prepare(input, file, place) {
    const slot = input.closest("[data-slot]");
    if (place) place.textContent = slot.dataset.checking;
    try {
      const blob = await smaller(file);
      if (blob && input.files[0] === file) {
        const chosen = new DataTransfer();
        chosen.items.add(new File([blob], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" }));
        input.files = chosen.files;
      }
    } catch {
      // A kind of picture this browser cannot open, HEIC for one: the server can.
    }
    if (place) place.textContent = file.name;
    show(slot, input.files[0]);
  }

  // The picture as it will be sent: a blurred or wrong one is seen before it goes.
  function show(slot, file) {
    let figure = slot.querySelector("figure");
    if (!figure) {
      figure = document.createElement("figure");
      figure.append(document.createElement("img"));
      slot.querySelector("label").before(figure);
    }
    const picture = figure.querySelector("img");
    picture.alt = file.name;
    picture.onload = () => URL.revokeObjectURL(picture.src);
    picture.onerror = () => figure.remove(); // HEIC: the server can open it
    picture.src = URL.createObjectURL(file);
    for (const outdated of slot.querySelectorAll(".tag, .example")) outdated.remove();
  }

  document.addEventListener("change", (event) => {
    const input = event.target;
    const file = input.files?.[0];
    if (!file || !input.closest("[data-slot]") || !window.createImageBitmap || !window.DataTransfer) return;
    const place = input.closest("[data-slot]").querySelector("[data-chosen]");
    const work = prepare(input, file, place).finally(() => {
      if (working.get(input) === work) working.delete(input);
    });
    working.set(input, work);
  });

  // "Continue" pressed while a photo is still being made smaller: wait for it, then send.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.querySelector("[data-slot]")) return;
      if (working.size) {
        event.preventDefault();
        event.stopImmediatePropagation();
        const button = event.submitter;
        Promise.allSettled([...working.values()]).then(() => form.requestSubmit(button));
        return;
      }
      for (const slot of form.querySelectorAll("[data-slot]")) {
        const place = slot.querySelector("[data-chosen]");
        if (place && slot.querySelector("input[type=file]")?.files.length) place.textContent = slot.dataset.checking;
      }
    },
    true,
  );
})();
