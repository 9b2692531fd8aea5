// The console's only script: keys, phrases and small conveniences. Every page works without it.
"use strict";
document.documentElement.classList.add("js");

document.addEventListener("DOMContentLoaded", () => {
  const find = (selector) => document.querySelector(selector);
  const rows = [...document.querySelectorAll("[data-row]")];
  let at = -1;

  const select = (index) => {
    if (rows.length === 0) return;
    at = Math.max(0, Math.min(rows.length - 1, index));
    rows.forEach((row, place) => row.classList.toggle("at", place === at));
    const link = rows[at].querySelector("a");
    link.focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  };
  const follow = (selector) => {
    const link = find(selector);
    if (link) link.click();
  };
  const arm = (act) => {
    const button = find(`[data-act="${act}"]`);
    if (!button || button.disabled) return;
    document.querySelectorAll(".armed").forEach((other) => other.classList.remove("armed"));
    button.classList.add("armed");
    const folded = button.closest("details");
    if (folded) folded.open = true;
    const letter = button.closest("article");
    button.form.elements.namedItem("reason").focus({ preventScroll: letter !== null });
    if (letter) letter.scrollIntoView({ block: letter.offsetHeight < innerHeight ? "nearest" : "end" });
  };
  const keys = {
    j: () => (rows.length ? select(at + 1) : follow("[data-next]")),
    k: () => (rows.length ? select(at - 1) : follow("[data-previous]")),
    o: () => (rows.length ? rows[Math.max(at, 0)].querySelector("a").click() : undefined),
    u: () => follow("[data-up]"),
    c: () => arm("confirm"),
    d: () => arm("dismiss"),
    a: () => arm("approve"),
    "/": () => find("[data-search]")?.focus(),
  };

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select");
    if (field) {
      if (event.key === "Escape") field.blur();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field.form) {
        const armed = field.form.querySelector(".armed");
        if (armed) {
          event.preventDefault();
          field.form.requestSubmit(armed);
        }
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  document.querySelectorAll("[data-phrase]").forEach((chip) => {
    chip.addEventListener("click", () => {
      const reason = chip.form.elements.namedItem("reason");
      const gap = reason.value && !reason.value.endsWith("；") ? "；" : "";
      reason.value += gap + chip.dataset.phrase;
      reason.focus();
    });
  });
  document.querySelectorAll("select[data-now]").forEach((choice) => {
    choice.addEventListener("change", () => choice.form.requestSubmit());
  });
  document.querySelectorAll("form").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form").forEach((form) => delete form.dataset.sent);
  });
});
