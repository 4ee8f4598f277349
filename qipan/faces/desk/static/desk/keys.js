// Shortcuts for officials: everything they do can also be done with Tab and Enter. The switch that this puts on the page turns
// them off for good; without JavaScript neither the keys nor the switch are there.
"use strict";

(() => {
  const OFF = "qipan.desk.keys.off";
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const follow = (key) => document.querySelector(`[data-key="${key}"]`);

  const move = (step) => {
    const all = rows();
    if (all.length === 0) return;
    const current = all.findIndex((row) => row.contains(document.activeElement));
    const next = current < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(current + step, 0), all.length - 1);
    all[next].querySelector("a").focus();
  };

  const choose = () => {
    const row = rows().find((each) => each.contains(document.activeElement));
    row?.querySelector("input[type=checkbox]")?.click();
  };

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    x: choose,
    "/": () => follow("/")?.focus(),
    n: () => follow("n")?.click(),
    u: () => follow("u")?.click(),
    a: () => follow("a")?.focus(),
  };

  const typing = (target) => target.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  const off = () => localStorage.getItem(OFF) === "1";

  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const help = document.querySelector("[data-keys-help]");
    const button = help?.querySelector("[data-keys-switch]");
    if (!button) return;
    const say = () => { button.textContent = off() ? button.dataset.on : button.dataset.off; };
    button.addEventListener("click", () => {
      if (off()) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1");
      say();
    });
    say();
    help.hidden = false;
    document.querySelectorAll("[data-choose-all]").forEach((box) => {
      box.closest("label").hidden = false;
      box.addEventListener("change", () => {
        box.form.querySelectorAll("input[name=case]").forEach((each) => { each.checked = box.checked; });
      });
    });
  });
})();
