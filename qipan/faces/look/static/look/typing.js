// What a swap finds as it should be, it leaves in place: whoever is typing, choosing or picking a file meanwhile notices nothing.
// Loaded after idiomorph, for swaps in the manner "morph". What a control holds is its user's, and never overwritten.
"use strict";
(() => {
  const TYPED = "textarea, input:not([type=hidden], [type=radio], [type=checkbox], [type=file])";
  const CONTROLS = "main :is(input:not([type=hidden]), select, textarea, summary, button)";
  const theirs = (name, one) => (name === "value" && one.matches(TYPED)) || (name === "checked" && one.id !== "")
    || name === "selected" || name === "open";
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, one) => !theirs(name, one);

  // A file that has arrived must not be sent again with the rest of the form; one chosen since is on its way.
  const sent = new WeakMap();
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.type === "file") sent.set(detail.xhr, detail.elt.files[0]);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.elt.type === "file" && detail.elt.files[0] === sent.get(detail.xhr)) detail.elt.value = "";
  });

  // A question that went away under the finger leaves the focus to the one that stands there now.
  const controls = () => [...document.querySelectorAll(CONTROLS)];
  let place = -1;
  document.addEventListener("htmx:beforeSwap", () => { place = controls().indexOf(document.activeElement); });
  document.addEventListener("htmx:afterSwap", () => {
    if (place >= 0 && document.activeElement === document.body) controls().at(Math.min(place, controls().length - 1))?.focus();
  });
})();
