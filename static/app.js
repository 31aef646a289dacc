// What a page cannot do alone. All pages work without this file; it keeps nothing in the browser.
(() => {
  const doc = document, on = (name, run) => doc.addEventListener(name, run);
  const one = (query, root = doc) => root.querySelector(query);
  const all = (query, run) => doc.querySelectorAll(query).forEach(run);
  const keep = (form) => form.matches("[data-draft]") && one("button[formaction]", form);
  const unsaved = new Map();
  let pressed, shifts = [];

  // Leave quickly: blank at once, and Back does not return.
  function leave(link, event) {
    event.preventDefault();
    beacon();
    doc.documentElement.classList.add("gone");
    doc.title = "\u00a0";
    location.replace(link.href);
  }
  on("click", (event) => {
    pressed = event.target.closest("button");
    const link = event.target.closest("[data-leave]");
    if (link) leave(link, event);
    const field = pressed?.dataset.show && one("#" + pressed.dataset.show);
    if (field) {
      field.type = field.type === "text" ? "password" : "text";
      pressed.setAttribute("aria-pressed", field.type === "text");
    }
  });
  on("keydown", (event) => {
    if (event.repeat) return;
    const now = Date.now(), link = one("[data-leave]");
    shifts = event.key === "Shift" ? [...shifts.filter((then) => now - then < 5000), now] : [];
    if (shifts[2] && link) leave(link, event);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && one(".gone, [hx-history]")) location.reload();
  });

  // What went wrong: beside the form, and to a screen reader. Words: <template id="notes">.
  const hush = () => all("[data-note]", (note) => note.remove());
  function tell(name, place) {
    const { content } = one("#notes"), live = one("#live");
    const note = (one(`[data-note="${name}"]`, content) || one("[data-note=server]", content)).cloneNode(true);
    hush();
    (place.closest("form") || place).after(note);
    note.scrollIntoView({ block: "nearest" });
    live.textContent = "";
    setTimeout(() => (live.textContent = note.textContent.trim()), 50);
  }
  const wrong = ({ target, detail }) => {
    const status = detail.xhr.status || "network";
    if (status !== 403) tell(detail.requestConfig.verb === "get" ? "load" : status, target);
  };
  on("htmx:beforeRequest", hush);
  for (const name of ["sendError", "timeout", "responseError"]) on("htmx:" + name, wrong);
  on("session-ended", ({ target }) => tell("session", target));
  // Stale token: sent again as a page, the form comes back with every word and a fresh one.
  on("form-stale", ({ target }) => {
    const form = target.closest("form");
    if (!form) return tell("server", target);
    if (pressed?.form === form) {
      if (pressed === keep(form)) return;
      if (pressed.hasAttribute("formaction")) form.action = pressed.formAction;
      form.append(Object.assign(doc.createElement("input"), { type: "hidden", name: pressed.name, value: pressed.value }));
    }
    form.submit();
  });
  on("allauth.error", (event) => {
    event.preventDefault();
    tell("passkey", pressed || one("#main"));
  });

  // Drafts: "Keep draft" is pressed 2 s after typing stops, and sent once more when the page goes.
  on("input", ({ target }) => {
    const form = target.closest("[data-draft]");
    if (!form) return;
    clearTimeout(unsaved.get(form));
    unsaved.set(form, setTimeout(() => {
      // Without htmx the press would leave the page.
      if (window.htmx && unsaved.delete(form)) keep(form).click();
    }, 2000));
  });
  on("submit", ({ target }) => {
    clearTimeout(unsaved.get(target));
    unsaved.delete(target);
  });
  function beacon() {
    for (const form of unsaved.keys()) navigator.sendBeacon(keep(form).formAction, new FormData(form));
    unsaved.clear();
  }
  on("visibilitychange", () => doc.hidden && beacon());

  // Buttons that need a script are hidden until there is one.
  all("[data-script]", (element) => (element.hidden = false));
})();
