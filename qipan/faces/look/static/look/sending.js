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
  // Where a page has several forms, what was typed in any of them goes along when the language or the mode is changed.
  const typed = (one) => (one.matches("[type=checkbox], [type=radio]") ? one.checked && !one.defaultChecked : one.value !== one.defaultValue);
  document.getElementById("look")?.addEventListener("submit", ({ target }) => {
    for (const one of document.querySelectorAll("main form[method=post] :is(input:not([type=hidden], [type=file]), textarea)")) {
      if (!one.name || !typed(one)) continue;
      const along = Object.assign(document.createElement("input"), { type: "hidden", name: one.name, value: one.value });
      target.append(along);
    }
  });

  // Back again by the browser's own memory: nothing is on its way any more.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending));
})();
