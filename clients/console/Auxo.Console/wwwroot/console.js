// What the pages do beyond being read: keys, times in the reader's zone, news. Everything works without it but for these.
import { followLogs } from "./log.js";

const zone = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
let source, refresh, pending = "";

function times() {
    for (const time of document.querySelectorAll("time[datetime]")) time.title = zone.format(new Date(time.dateTime));
}

// A page names what it shows: "build" is every build, "build/3f2a…" one. Only news of that makes it ask again.
function wanted() {
    // News are for who is signed in.
    if (document.querySelector("[data-visitor]")) return [];
    return (document.querySelector("[data-live]")?.dataset.live ?? "").split(" ").filter(Boolean);
}

function listen() {
    const shown = wanted();
    if (shown.length === 0) {
        source?.close();
        source = undefined;
        return;
    }
    if (source && source.readyState !== EventSource.CLOSED) return;
    source = new EventSource("/live");
    source.addEventListener("changed", event => {
        if (wanted().some(topic => event.data === topic || event.data.startsWith(topic + "/"))) again();
    });
    source.addEventListener("returned", again);
}

// Several commits make one look; a page that nobody sees waits until somebody does.
function again() {
    clearTimeout(refresh);
    refresh = setTimeout(() => {
        if (document.hidden || document.querySelector("dialog[open]")) {
            pending = "yes";
            return;
        }
        pending = "";
        const at = window.scrollY;
        Blazor.navigateTo(location.pathname + location.search, { replaceHistoryEntry: true });
        requestAnimationFrame(() => window.scrollTo(0, at));
    }, 250);
}

document.addEventListener("visibilitychange", () => { if (!document.hidden && pending) again(); });

// Keys: g and a letter goes to a page, j and k choose a row, Enter opens it, / searches, ? tells.
let went = 0;
document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) {
        if (event.key === "Escape") event.target.blur();
        return;
    }
    if (Date.now() - went < 1500) {
        went = 0;
        const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
        if (link) {
            event.preventDefault();
            link.click();
            return;
        }
    }
    const keys = { "g": () => { went = Date.now(); }, "j": () => choose(1), "k": () => choose(-1), "Enter": open, "/": search, "?": help };
    if (!keys[event.key]) return;
    if (event.key === "Enter" && !document.querySelector(".row.chosen")) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    event.preventDefault();
    keys[event.key]();
});

function choose(step) {
    const rows = [...document.querySelectorAll("[data-rows] .row")];
    if (rows.length === 0) return;
    const at = rows.findIndex(row => row.classList.contains("chosen"));
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step))];
    for (const row of rows) row.classList.toggle("chosen", row === next);
    next.scrollIntoView({ block: "nearest" });
}

function open() {
    document.querySelector(".row.chosen a.main")?.click();
}

function search() {
    const field = document.getElementById("search");
    field?.focus();
    field?.select();
}

function help() {
    const dialog = document.getElementById("keys");
    if (dialog && !dialog.open) dialog.showModal();
}

function shown() {
    times();
    listen();
    followLogs();
}

Blazor.addEventListener("enhancedload", shown);
shown();
