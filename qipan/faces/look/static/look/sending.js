// A form that is on its way is not sent a second time: people click twice, and the second answer would hide the first.
"use strict";
(() => {
  const PATIENCE = 8000; // milliseconds after which one may try again
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if ("sending" in form.dataset) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "";
    setTimeout(() => delete form.dataset.sending, PATIENCE);
  });
  // Back again by the browser's own memory: nothing is on its way any more.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending));
})();
