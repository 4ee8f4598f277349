// What a swap finds as it should be, it leaves in place: whoever is typing, choosing or picking a file meanwhile notices nothing.
// For swaps in the manner "morph". What a control holds is its user's, and never overwritten.
"use strict";
(() => {
  const CONTROL = ":is(input:not([type=hidden]), select, textarea, summary, button)";
  const THEIRS = new Set(["value", "checked", "selected", "open"]);
  const holdsControl = (one) => one.matches(CONTROL) || one.querySelector(CONTROL) !== null;
  const ownText = (one) => [...one.childNodes].filter((each) => each.nodeType === Node.TEXT_NODE).map((each) => each.data.trim()).join(" ");
  const ids = (one) => new Set([one, ...one.querySelectorAll("[id]")].map((each) => each.id).filter(Boolean));

  // The same part of the page: something within bears the same name; or nothing is named, and it looks alike.
  const alike = (one, other) => {
    if (one.nodeName !== other.nodeName) return false;
    const names = ids(one);
    const others = ids(other);
    return names.size + others.size ? [...names].some((name) => others.has(name)) : one.className === other.className;
  };

  const matchAttributes = (old, fresh) => {
    const kept = (name) => THEIRS.has(name) && old.matches(`${CONTROL}, option, details`);
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !kept(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value && !kept(name)) old.setAttribute(name, value);
  };

  const matchChildren = (old, fresh) => {
    const wanted = [...fresh.children];
    for (const one of [...old.children]) if (!wanted.some((next) => alike(one, next))) one.remove();
    const left = [...old.children];
    let here = old.firstElementChild;
    for (const next of wanted) {
      const found = left.find((one) => alike(one, next));
      if (found === undefined) {
        old.insertBefore(next, here);
        continue;
      }
      left.splice(left.indexOf(found), 1);
      if (found !== here) old.insertBefore(found, here);
      here = match(found, next).nextElementSibling;
    }
    for (const one of left) one.remove();
  };

  // Make an element like another, and give what stands there now. What holds no control is nobody's, and simply replaced.
  const match = (old, fresh) => {
    if (old.isEqualNode(fresh)) return old;
    if (!holdsControl(old) || ownText(old) !== ownText(fresh)) {
      old.replaceWith(fresh);
      return fresh;
    }
    matchAttributes(old, fresh);
    if (!old.matches("textarea")) matchChildren(old, fresh);
    return old;
  };

  htmx.defineExtension("morph", {
    isInlineSwap: (style) => style === "morph",
    handleSwap: (style, target, fragment, settling) => {
      if (style !== "morph") return false;
      const stands = match(target, fragment.firstElementChild);
      settling.elts.push(stands);
      return [stands];
    },
  });

  // A file that has arrived must not be sent again with the rest of the form; one chosen since is on its way.
  const sent = new WeakMap();
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.type === "file") sent.set(detail.xhr, detail.elt.files[0]);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.elt.type === "file" && detail.elt.files[0] === sent.get(detail.xhr)) detail.elt.value = "";
  });

  // What could not be saved is said where else it says that it was.
  const notSaved = ({ detail }) => {
    const saved = document.getElementById("saved");
    if (saved && detail.requestConfig.verb === "post") saved.textContent = saved.dataset.failed;
  };
  for (const trouble of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(trouble, notSaved);

  // A question that went away under the finger leaves the focus to the one that stands there now.
  const controls = () => [...document.querySelectorAll(`main ${CONTROL}`)].filter((one) => one.checkVisibility());
  let place = -1;
  document.addEventListener("htmx:beforeSwap", () => { place = controls().indexOf(document.activeElement); });
  document.addEventListener("htmx:afterSwap", () => {
    if (place >= 0 && document.activeElement === document.body) controls().at(Math.min(place, controls().length - 1))?.focus();
  });
})();
