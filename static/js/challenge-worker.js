// Looks for the number whose derived key begins as the task says (altcha, PBKDF2), away from the page's own thread.
"use strict";

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

onmessage = async ({ data: task }) => {
  const nonce = bytes(task.nonce);
  const salt = bytes(task.salt);
  const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations: task.cost };
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  const end = new DataView(password.buffer);
  for (let counter = 0; ; counter += 1) {
    end.setUint32(nonce.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(new Uint8Array(await crypto.subtle.deriveBits(way, key, task.keyLength * 8)));
    if (derivedKey.startsWith(task.keyPrefix)) {
      postMessage({ counter, derivedKey });
      return;
    }
  }
};
