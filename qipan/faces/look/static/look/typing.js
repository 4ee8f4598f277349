// Keeps what is typed while an answer's consequences are on their way: a slow register must not eat a name.
"use strict";
(() => {
  const controls = (root) => [...root.querySelectorAll("input, select, textarea")].filter((one) => one.id && one.type !== "file");
  const state = (one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : one.value);
  let sent = new Map();
  let typed = [];

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    sent = new Map(controls(detail.target).map((one) => [one.id, state(one)]));
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    typed = controls(detail.target).filter((one) => sent.has(one.id) && sent.get(one.id) !== state(one))
      .map((one) => [one.id, state(one)]);
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const [id, was] of typed.splice(0)) {
      const now = document.getElementById(id);
      if (!now) continue;
      if (typeof was === "boolean") now.checked = was;
      else now.value = was;
      if (now !== document.activeElement) now.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
})();
