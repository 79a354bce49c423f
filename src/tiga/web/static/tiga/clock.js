/* Clocks that tick: only the time left moves; when it is due, and in which zone, is the server's text.

Rules
1. The reader's own clock is not trusted: time runs from the server's `data-now`, by the seconds since the page came.
2. An exercise clock stands still (the server leaves out `data-now`); without this script the server's text simply stands.
3. Words come from the server: `data-left` and `data-over` hold {days}, {hours}, {minutes}; `data-digits` holds ten digits.

Markup: <p class="clock-left" data-due="2025-12-06T10:00:00Z" data-now="…" data-left="{days} d {hours} h {minutes} min"
        data-over="Overdue: …" data-digits="۰۱۲۳۴۵۶۷۸۹">…</p> inside an element with class "clock"
*/
const MINUTE = 60_000;
const DUE_SOON_HOURS = 24;
const began = performance.now();

function shown(text, minutes, digits) {
  const parts = { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
  return text.replace(/\{(days|hours|minutes)\}/g, (_, name) =>
    String(parts[name]).replace(/\d/g, (digit) => (digits && digits.length === 10 ? digits[Number(digit)] : digit)));
}

function tick() {
  for (const line of document.querySelectorAll("[data-due][data-now]")) {
    const { due, now, left, over, digits } = line.dataset;
    const remaining = Date.parse(due) - Date.parse(now) - (performance.now() - began);
    if (Number.isNaN(remaining)) continue;
    const text = remaining >= 0 ? left : over;
    if (text) line.textContent = shown(text, Math.floor(Math.abs(remaining) / MINUTE), digits);
    const clock = line.closest(".clock");
    if (!clock || clock.classList.contains("stopped")) continue;
    clock.classList.toggle("overdue", remaining < 0);
    clock.classList.toggle("due", remaining >= 0 && remaining < DUE_SOON_HOURS * 60 * MINUTE);
    clock.classList.toggle("running", remaining >= DUE_SOON_HOURS * 60 * MINUTE);
  }
}

tick();
setInterval(tick, MINUTE / 2);
