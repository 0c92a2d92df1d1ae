// Times in the reader's zone. How long ago something was, and how long it lasts, goes on between two looks at the services, counted from
// what the page said: the clock of this machine may be wrong.
export const zone = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
let since = 0, timer;

export function followTimes() {
    since = Date.now();
    for (const time of document.querySelectorAll("time[datetime]")) time.title = zone.format(new Date(time.dateTime));
    timer ??= setInterval(go, 10_000);
}

function go() {
    const passed = Math.round((Date.now() - since) / 1000);
    for (const time of document.querySelectorAll("[data-age]")) say(time, ago(Number(time.dataset.age) + passed));
    for (const time of document.querySelectorAll("[data-lasts]")) say(time, lasted(Number(time.dataset.lasts) + passed));
}

// What is selected stays so where nothing changes.
function say(time, words) {
    if (time.textContent !== words) time.textContent = words;
}

// The same words as the server's.
function ago(seconds) {
    if (seconds < 10) return "just now";
    if (seconds < 60) return `${seconds} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
    return seconds < 172_800 ? "1 day ago" : `${Math.floor(seconds / 86_400)} days ago`;
}

function lasted(seconds) {
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return units(seconds, 60, "min", "s");
    if (seconds < 86_370) return units(Math.round(seconds / 60), 60, "h", "min");
    return units(Math.round(seconds / 3600), 24, seconds < 169_200 ? "day" : "days", "h");
}

function units(small, perLarge, largeUnit, smallUnit) {
    const large = `${Math.floor(small / perLarge)} ${largeUnit}`, rest = small % perLarge;
    return rest === 0 ? large : `${large} ${rest} ${smallUnit}`;
}
