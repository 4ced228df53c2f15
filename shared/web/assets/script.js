// Improves pages that also work without it: buttons that copy a value, and parts that refresh
// themselves.
"use strict";

function announce(text) {
  document.getElementById("announce").textContent = text;
}

// A button with data-copy copies the text of the data-copy-value beside it.
function enableCopying(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const value = button.parentElement.querySelector("[data-copy-value]").textContent;
      await navigator.clipboard.writeText(value);
      button.textContent = "Copied";
      announce("Copied");
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }
}

// Times are shown in UTC, as in the provider's log and in the operator's. Pointing at one shows it in the zone of the
// browser.
function addLocalTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.title = new Date(time.dateTime).toLocaleString([], { dateStyle: "full", timeStyle: "long" });
  }
}

// An element with an id and data-live is replaced by its newer self until that has no data-live.
// Waiting is longer with each try, and pauses while nobody sees the page, unless data-live says "unseen".
const firstWait = 2000, longestWait = 15000;

function keepLive(id, wait) {
  setTimeout(async () => {
    const waiting = document.getElementById(id);
    if (!document.hidden || waiting?.dataset.live === "unseen") await refresh(id).catch(() => {});
    const element = document.getElementById(id);
    if (element && element.hasAttribute("data-live")) keepLive(id, Math.min(wait * 1.1, longestWait));
  }, wait);
}

async function refresh(id) {
  const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
  if (answer.redirected) return location.reload(); // the session has ended
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = document.getElementById(id), next = page.getElementById(id);
  if (next) addLocalTimes(next);
  if (!next || now.innerHTML === next.innerHTML && next.hasAttribute("data-live")) return;
  if (now.contains(document.activeElement) && next.hasAttribute("data-live")) return;
  document.title = page.title;
  now.replaceWith(next);
  enableCopying(next);
  const title = next.querySelector("[data-announce]");
  if (title) announce(title.textContent);
}

// A field with data-from-fragment gets what stands behind the # of the address, which is then removed
// from the address, so that it does not stay in the history. The form is sent by a person alone.
function fillFromFragment() {
  const field = document.querySelector("[data-from-fragment]");
  if (!field || location.hash.length < 2) return;
  field.querySelector("input").value = location.hash.slice(1);
  field.hidden = true;
  history.replaceState(null, "", location.pathname);
}

// On a narrow screen the navigation scrolls sideways. Its ends fade where there is more.
function showMore() {
  for (const row of document.querySelectorAll(".nav-group")) {
    row.classList.toggle("more-before", row.scrollLeft > 1);
    row.classList.toggle("more-after", row.scrollLeft + row.clientWidth < row.scrollWidth - 1);
  }
}

// The current page is to be seen in the navigation.
function showCurrent() {
  for (const link of document.querySelectorAll(".side [aria-current], .tabs [aria-current]")) {
    const row = link.closest(".nav-group, .tabs");
    const at = link.getBoundingClientRect(), seen = row.getBoundingClientRect();
    if (at.right > seen.right || at.left < seen.left) row.scrollLeft += at.left - seen.left - 64;
  }
  showMore();
}

showCurrent();
for (const row of document.querySelectorAll(".nav-group")) row.addEventListener("scroll", showMore, { passive: true });
window.addEventListener("resize", showCurrent);
fillFromFragment();
window.addEventListener("hashchange", fillFromFragment);
enableCopying(document);
addLocalTimes(document);
for (const element of document.querySelectorAll("[data-live]")) keepLive(element.id, firstWait);
document.addEventListener("visibilitychange", () => { // back from the provider's page
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-live]")) refresh(element.id).catch(() => {});
});
