// The command palette: what the buttons of this page do, all pages, what the services find, every command of the command line.
const most = 60;
const kinds = { action: "on this page", page: "page", command: "copy" };

let commands = [], found = [], shown = [], at = 0, asked = 0, timer;

const part = name => document.getElementById(name);

document.addEventListener("keydown", event => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
        if (!part("palette")) return;
        event.preventDefault();
        if (part("palette").open) part("palette").close();
        else open();
    } else if (event.target.id === "palette-field") steer(event);
});

document.addEventListener("click", event => {
    if (event.target.closest("[data-palette]") && part("palette")) {
        event.preventDefault();
        open();
    } else if (event.target === part("palette")) part("palette").close();
    const option = event.target.closest("#palette-list [role=option]");
    if (option) choose(shown[Number(option.dataset.at)]);
});

document.addEventListener("input", event => {
    if (event.target.id !== "palette-field") return;
    at = 0;
    show();
    ask(event.target.value.trim());
});

async function open() {
    if (document.querySelector("dialog[open]")) return;
    const field = part("palette-field");
    field.value = "";
    found = [];
    at = 0;
    say("");
    part("palette").showModal();
    field.focus();
    show();
    if (commands.length > 0) return;
    const answer = await fetch(part("palette").dataset.commands).catch(() => undefined);
    if (!answer?.ok) return;
    commands = (await answer.json()).map(c => ({ kind: "command", words: c.line, more: c.says }));
    show();
}

// While somebody types, only the last question counts.
function ask(text) {
    clearTimeout(timer);
    const mine = ++asked;
    if (text.length < 2) {
        found = [];
        return;
    }
    timer = setTimeout(async () => {
        const answer = await fetch(`/search/found?q=${encodeURIComponent(text)}`).catch(() => undefined);
        const items = answer?.ok ? await answer.json() : [];
        if (mine !== asked) return;
        found = items;
        show();
    }, 250);
}

function pages() {
    return [...document.querySelectorAll("a[data-go]")].map(link => (
        { kind: "page", words: link.textContent.trim(), more: link.dataset.also, url: link.getAttribute("href") }));
}

// The page's own buttons: they carry its proof, and they are there only for whom they work.
function actions() {
    return [...document.querySelectorAll("form[method=post] button")].filter(button => !button.closest("dialog")).map(button => {
        const of = button.closest("main .row, main .card, main tr")?.querySelector(".main, h2, th")?.textContent.trim();
        return { kind: "action", words: button.textContent.trim() + (of ? ` · ${of}` : ""), button };
    });
}

function show() {
    const words = part("palette-field").value.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = [...actions(), ...pages(), ...found, ...commands].map(entry => [rank(entry, words), entry])
        .filter(([rank]) => rank !== undefined).sort(([a], [b]) => a - b);
    shown = fitting.slice(0, most).map(([, entry]) => entry);
    at = Math.max(0, Math.min(at, shown.length - 1));
    part("palette-list").replaceChildren(...shown.map(row));
    mark();
}

// First what is called so; then pages that the command line calls so; then commands, and at last what only their words say.
// What was asked of the services fits, whatever they looked at.
function rank(entry, words) {
    if (words.length === 0 || !Object.hasOwn(kinds, entry.kind)) return 1;
    const name = entry.words.toLowerCase(), all = `${name} ${(entry.more ?? "").toLowerCase()}`;
    const [called, said] = entry.kind === "command" ? [3, 4] : [1, 2];
    if (name.startsWith(words.join(" "))) return called - 1;
    if (words.every(word => name.includes(word))) return called;
    return words.every(word => all.includes(word)) ? said : undefined;
}

function row(entry, place) {
    const option = document.createElement("li");
    option.id = `palette-${place}`;
    option.dataset.at = place;
    option.setAttribute("role", "option");
    const name = option.appendChild(document.createElement(entry.kind === "command" ? "code" : "span"));
    name.textContent = entry.words;
    const more = option.appendChild(document.createElement("span"));
    more.className = "more";
    more.textContent = entry.kind === "page" ? "" : entry.more ?? "";
    const kind = option.appendChild(document.createElement("span"));
    kind.className = "kind";
    kind.textContent = kinds[entry.kind] ?? entry.kind;
    return option;
}

function mark() {
    const options = [...part("palette-list").children];
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    const field = part("palette-field");
    if (options.length === 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", options[at].id);
    options[at]?.scrollIntoView({ block: "nearest" });
    say(options.length === 0 ? "Nothing fits. Enter searches all builds." : "");
}

function steer(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.isComposing) return;
    if (event.key in steps) {
        const last = shown.length - 1;
        const next = at + steps[event.key];
        // Past the end by one step is the other end; a leap stops there.
        at = Math.abs(steps[event.key]) === 1 && (next < 0 || next > last) ? (next < 0 ? last : 0) : Math.max(0, Math.min(last, next));
        mark();
    } else if (event.key === "Enter") choose(shown[at]);
    else return;
    event.preventDefault();
}

function choose(entry) {
    if (entry?.kind === "command") return copy(entry.words);
    part("palette").close();
    if (!entry) visit(`/search?q=${encodeURIComponent(part("palette-field").value)}`);
    else if (entry.button) press(entry.button);
    else visit(entry.url);
}

function visit(url) {
    if (window.Blazor) Blazor.navigateTo(url);
    else location.assign(url);
}

// What asks for more than a press is opened there, not done.
function press(button) {
    const fold = button.closest("details:not([open])");
    const field = button.form.querySelector("input:not([type=hidden], [type=checkbox]), select, textarea");
    if (fold) fold.open = true;
    if (field) field.focus();
    else if (fold) button.focus();
    else button.form.requestSubmit(button);
}

// A page that came over plain HTTP from another machine may not write to the clipboard: there it is left selected.
async function copy(line) {
    try {
        await navigator.clipboard.writeText(line);
        say(`Copied: ${line}`);
    } catch {
        part("palette-field").value = line;
        part("palette-field").select();
        say("Press Ctrl+C to copy it.");
    }
}

function say(words) {
    part("palette-said").textContent = words;
}
