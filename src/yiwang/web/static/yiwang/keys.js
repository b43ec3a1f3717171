// Letter keys on the desk: pressing the letter shown on a button presses the button.
// Nothing happens while a person types, or together with Ctrl, Alt or the command key (WCAG 2.1.4: see the switch below).

const STORE = "yiwang.keys";
const typing = (element) => element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
const enabled = () => {
  try { return localStorage.getItem(STORE) !== "off"; } catch { return true; }
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (typing(event.target) || !enabled()) return;
  const key = event.key.length === 1 ? event.key.toUpperCase() : "";
  if (!key) return;
  const target = [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key.toUpperCase() === key && !element.disabled && element.offsetParent !== null,
  );
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.click();
});

// WCAG 2.1.4: single letters can be switched off, on this device.
for (const toggle of document.querySelectorAll("[data-keys-switch]")) {
  const show = () => toggle.setAttribute("aria-pressed", String(enabled()));
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    try { localStorage.setItem(STORE, enabled() ? "off" : "on"); } catch { /* Storage is refused: keys stay on. */ }
    show();
  });
  show();
}
