// Pages work without this; it keeps nothing in the browser.
(() => {
  const doc = document, on = (name, run) => doc.addEventListener(name, run);
  const one = (query, place = doc) => place.querySelector(query);
  const all = (query, run) => doc.querySelectorAll(query).forEach(run);
  let pressed, shifts = [];

  // Leave quickly: blank at once, and Back does not return.
  function leave(event, link) {
    if (!link) return;
    event.preventDefault();
    beacon();
    one("html").className = "gone";
    doc.title = "\u00a0";
    location.replace(link.href);
  }
  on("click", (event) => {
    pressed = event.target.closest("button");
    leave(event, event.target.closest("[data-leave]"));
    const field = one("#" + pressed?.dataset.show);
    if (field) pressed.ariaPressed = (field.type = field.type === "text" ? "password" : "text") === "text";
  });
  on("keydown", (event) => {
    if (!event.repeat) shifts = event.key === "Shift" ? [...shifts, event.timeStamp].slice(-3) : [];
    if (shifts[2] - shifts[0] < 5000) leave(event, one("[data-leave]"));
  });
  addEventListener("pageshow", (event) => event.persisted && one(".gone, [hx-history]") && location.reload());

  // Say what went wrong; after a hard day, help first.
  const hush = () => all("[data-note]", (note) => note.remove());
  function tell(name, place) {
    hush();
    const form = place.closest("form") || place, live = one("#live");
    const add = (note) => form.after(note.cloneNode(true));
    add(one(`[data-note="${name}"], [data-note=server]`, one("#notes").content));
    if (pressed?.matches("[data-help]") || one("[data-help]:checked", form)) add(one("#help").content);
    one("[data-note]").scrollIntoView({ block: "nearest" });
    live.textContent = "";
    setTimeout(() => all("[data-note]", (note) => live.append(note.innerText)), 50);
  }
  const failed = ({ target, detail }) =>
    tell(detail.requestConfig.verb === "get" ? "load" : detail.xhr.status || "network", target);
  for (const name of ["sendError", "timeout", "responseError"]) on("htmx:" + name, failed);
  on("htmx:beforeRequest", ({ target }) => (target.hidden ? beacon : hush)());
  on("allauth.error", (event) => {
    event.preventDefault();
    tell("passkey", pressed || one("#main"));
  });

  // Drafts: 2 s after typing, and when the page goes.
  const unsaved = new Map(), keep = (form) => one("[formaction]", form);
  const forget = (form) => clearTimeout(unsaved.get(form)) ?? unsaved.delete(form);
  on("input", ({ target }) => {
    const form = target.closest("[data-draft]");
    if (!form) return;
    forget(form);
    unsaved.set(form, setTimeout(() => window.htmx && forget(form) && keep(form).click(), 2000));
  });
  on("submit", ({ target }) => forget(target));
  const beacon = () => unsaved.forEach((_, form) => navigator.sendBeacon(keep(form).formAction, new FormData(form)));
  on("visibilitychange", () => doc.hidden && beacon());

  all("[data-script]", (button) => (button.hidden = false));
})();
