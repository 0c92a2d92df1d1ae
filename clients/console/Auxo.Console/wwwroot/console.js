// What the pages do beyond being read: keys, times in the reader's zone, news. Everything works without it but for these.
import { followLogs } from "./log.js";
import "./palette.js";
import { followTimes, zone } from "./times.js";

let source, refresh, rest, missed, lost = false, since = 0, shownAt = "";
const turned = new Map();
let chosen;

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
    source.addEventListener("open", () => {
        // What changed before this page was listening is not said again: what was under way then may be done by now.
        if (lost || performance.now() > 3000 || document.querySelector(".standing.busy")) again();
        lost = false;
        say();
    });
    // A browser asks again by itself, but for an answer that was a refusal.
    source.addEventListener("error", () => {
        if (!lost) seen = new Date();
        lost = true;
        say();
        if (source?.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    });
}

let seen;

function say() {
    const note = document.getElementById("lost");
    if (!note) return;
    if (seen) note.querySelector("time").textContent = zone.format(seen);
    note.hidden = !lost;
}

// Several commits make one look, and many in a row one now and then. A page that nobody sees waits until somebody does, and one
// whose reader is filling in a form until he has done so.
function again() {
    const pause = Number(document.querySelector("[data-live]")?.dataset.pause ?? 250);
    const now = Date.now();
    if (!refresh) since = now;
    clearTimeout(refresh);
    refresh = setTimeout(() => {
        refresh = undefined;
        if (document.hidden || lost || document.querySelector("dialog[open]") || filling()) {
            late.toggleAttribute("data-late", true);
            return;
        }
        late.removeAttribute("data-late");
        const [at, hash] = [window.scrollY, location.hash];
        Blazor.navigateTo(location.pathname + location.search, { replaceHistoryEntry: true });
        // An answer that never came, as when the network turned, is asked for once more: the news is no less true.
        clearTimeout(missed);
        missed = setTimeout(again, 30_000);
        requestAnimationFrame(() => {
            window.scrollTo(0, at);
            // The line of a log that somebody will copy the address of.
            if (hash && !location.hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
        });
    }, Math.max(0, Math.min(pause, since + 4 * pause - now)));
}

function filling() {
    const at = document.activeElement;
    if (at?.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])")) return true;
    // What is looked for in a log stays there when the page is made again.
    const fields = document.querySelectorAll("main form:not([role=search], [data-permanent] *) :is(input, textarea, select)");
    return [...fields].some(field =>
        field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
            : field.tagName === "SELECT" ? field.selectedIndex !== Math.max(0, [...field.options].findIndex(o => o.defaultSelected))
                : field.type !== "hidden" && field.value !== field.defaultValue);
}

// What is shown is older than what is known.
const late = document.documentElement;
for (const event of ["visibilitychange", "focusout", "close"])
    document.addEventListener(event, () => { if (!document.hidden && late.hasAttribute("data-late")) again(); }, true);

// What the reader has opened, closed or chosen stays so when the page is made again.
document.addEventListener("click", event => {
    const details = event.target.closest("summary")?.parentElement;
    if (details?.id) turned.set(details.id, !details.open);
});

function turn() {
    const here = location.pathname + location.search;
    if (here !== shownAt) {
        turned.clear();
        chosen = undefined;
    }

    shownAt = here;
    for (const [id, open] of turned) {
        const details = document.getElementById(id);
        if (details) details.open = open;
    }

    if (chosen) mark(rows().find(row => nameOf(row) === chosen));
}

// A slider asks as it is moved.
let asking;
document.addEventListener("input", event => {
    if (!event.target.matches("[data-ask] input[type=range]")) return;
    clearTimeout(asking);
    asking = setTimeout(() => event.target.form?.requestSubmit(), 150);
});

// What is typed stands in the address at once, so that a refresh keeps it.
document.addEventListener("input", event => {
    if (!event.target.matches("form[data-kept] input")) return;
    const address = new URL(location);
    address.searchParams.set(event.target.name, event.target.value);
    history.replaceState(history.state, "", address);
});

// Who presses a button comes back to the lines that he reads.
document.addEventListener("submit", event => {
    const back = event.target.elements.namedItem("back");
    if (back?.value.split("?")[0] !== location.pathname) return;
    const here = new URL(location);
    here.searchParams.delete("refused");
    back.value = here.pathname + here.search + here.hash;
}, true);

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
    if (event.key === "Enter" && !document.querySelector(".chosen")) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    event.preventDefault();
    keys[event.key]();
});

// Where code is read, the steps are files.
function rows() {
    const files = document.querySelectorAll("[data-files] .file");
    return [...(files.length > 0 ? files : document.querySelectorAll("[data-rows] .row"))];
}

// By this a row is known when the page is made again.
function nameOf(row) {
    return row.id || row.querySelector("a.main")?.getAttribute("href");
}

function mark(next) {
    for (const row of rows()) row.classList.toggle("chosen", row === next);
}

function choose(step) {
    const all = rows();
    if (all.length === 0) return;
    const at = all.findIndex(row => row.classList.contains("chosen"));
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + step))];
    chosen = nameOf(next);
    mark(next);
    next.scrollIntoView({ block: next.matches(".file") ? "start" : "nearest" });
}

function open() {
    document.querySelector(".row.chosen a.main, .file.chosen > summary")?.click();
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

// Ages grow, and news may be lost: what is looked at for a night asks by itself.
function repeat() {
    clearTimeout(rest);
    const seconds = Number(document.querySelector("[data-refresh]")?.dataset.refresh);
    if (seconds > 0) rest = setTimeout(() => lost ? repeat() : again(), seconds * 1000);
}

function shown() {
    clearTimeout(missed);
    turn();
    followTimes();
    listen();
    say();
    repeat();
    followLogs();
    if (document.querySelector("[data-elapsed]")) import("./wall.js").then(wall => wall.followBars());
}

// A change from page to page that is cut short, as on the way through the sign-in, is only not seen.
for (const event of ["pageswap", "pagereveal"])
    addEventListener(event, ({ viewTransition: change }) => [change?.ready, change?.finished].forEach(end => end?.catch(() => {})));

Blazor.addEventListener("enhancedload", shown);
shown();
