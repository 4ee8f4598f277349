// Keeps what is typed while an answer's consequences are on their way: a slow register must not eat a name.
"use strict";
(() => {
  const chosen = (one) => one.type === "radio" || one.type === "checkbox";
  const state = (one) => (chosen(one) ? one.checked : one.value);
  const controls = (root) => [...root.querySelectorAll("input, select, textarea")]
    .filter((one) => one.id && one.type !== "file");
  const sent = new WeakMap();
  const typed = [];

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    sent.set(detail.xhr, new Map(controls(detail.target).map((one) => [one.id, state(one)])));
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const before = sent.get(detail.xhr) ?? new Map();
    for (const one of controls(detail.target)) {
      if (before.has(one.id) && before.get(one.id) !== state(one)) typed.push([one.id, state(one)]);
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const [id, was] of typed.splice(0)) {
      const now = document.getElementById(id);
      if (!now || state(now) === was) continue;
      if (chosen(now)) now.checked = was;
      else now.value = was;
      const stillTyping = now === document.activeElement && !chosen(now);
      const left = now.type === "radio" && !was; // the one chosen instead speaks for both
      if (!left && !stillTyping) now.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
})();
