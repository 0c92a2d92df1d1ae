// A log in the page: any line of any length of log at once, followed while it is written.
import { left } from "./log-text.js";
import { Rows, most } from "./log-rows.js";
import { Search } from "./log-search.js";

const portion = 200;
const near = 600;
const viewers = new Map();

// Shows the logs that are in the page now, and lets go of those that have left it.
export function followLogs() {
    for (const [log, viewer] of viewers) {
        if (log.isConnected) continue;
        viewer.leave();
        viewers.delete(log);
    }
    for (const log of document.querySelectorAll("[data-log]")) if (!viewers.has(log)) viewers.set(log, new Viewer(log));
}

class Viewer {
    constructor(log) {
        this.log = log;
        this.base = log.dataset.log;
        this.rows = new Rows(log);
        const whole = log.closest("[data-permanent]");
        this.tools = whole.querySelector(".tools");
        this.bar = whole.querySelector(".position");
        this.total = 0;
        this.complete = false;
        this.gone = new AbortController();
        this.search = new Search(this, this.tools.querySelector("form"));
        this.tools.hidden = false;
        this.buttons();
        this.keys();
        log.addEventListener("scroll", () => this.scrolled(), { passive: true });
        log.addEventListener("click", event => this.clicked(event));
        this.bar.addEventListener("input", () => this.show(Number(this.bar.value), true));
        window.addEventListener("hashchange", () => this.aim(), { signal: this.gone.signal });
        this.watching = setInterval(() => this.watch(), 2000);
        this.begin();
    }

    leave() {
        clearInterval(this.watching);
        this.follow(false);
        this.gone.abort();
    }

    async begin() {
        const asked = this.asked();
        if (await this.open(asked) === undefined) {
            // The step has not printed anything yet: its log begins when it does.
            setTimeout(() => { if (this.log.isConnected) this.begin(); }, 1000);
            return;
        }
        if (location.hash) this.sight();
        if (this.complete || asked) this.outline();
    }

    asked() {
        const hash = /^#L(\d+)(?:-L(\d+))?$/.exec(location.hash);
        if (hash) return [Number(hash[1]), Number(hash[2] ?? hash[1])].sort((a, b) => a - b);
        const line = Number(new URLSearchParams(location.search).get("line") ?? this.log.dataset.line);
        return line > 0 ? [line, line] : undefined;
    }

    async open(asked) {
        if (!asked) return this.toEnd();
        this.rows.marked = asked;
        return this.show(asked[0]);
    }

    aim() {
        const asked = this.asked();
        if (!asked) return;
        this.rows.marked = asked;
        this.rows.all(this.rows.mark);
        this.show(asked[0]).then(() => this.sight());
    }

    // A browser finds a line by its address, but no range of lines, and nothing that was looked for.
    sight() {
        this.log.scrollIntoView({ block: "nearest" });
    }

    // An answer; undefined when there is none, or nothing to tell.
    async get(path) {
        try {
            const answer = await fetch(this.base + path);
            return answer.status === 200 ? await answer.json() : undefined;
        } catch {
            return undefined;
        }
    }

    async lines(from, count) {
        const some = await this.get(`/lines?from=${from}&count=${count}`);
        if (!some) return undefined;
        this.complete = some.isComplete;
        // A line that is still printed comes whole later.
        const open = some.isUnfinished && !some.isComplete;
        if (open) some.end = some.lines.pop().offset;
        if (!this.stream) this.total = some.total - (open ? 1 : 0);
        return some;
    }

    // Puts a line into the page and into sight.
    async show(n, atTop = false) {
        const turn = this.turn = {};
        this.follow(false);
        if (this.rows.unfold(n)) this.rows.clear();
        let some = true;
        // What the server put into the page is only for the first look.
        if (this.total === 0 || !this.rows.row(n)) {
            some = await this.lines(Math.max(1, n - portion / 2), portion);
            if (this.turn !== turn) return some ?? undefined;
            if (!some) return undefined;
            // Of a log that has no such line, or not yet, the end is nearest.
            if (n > this.total) return this.toEnd();
            this.rows.clear();
            this.rows.append(some.lines);
        } else this.rows.all(this.rows.mark);
        if (atTop) this.log.scrollTop = this.rows.row(n)?.offsetTop ?? 0;
        else this.rows.scrollTo(n);
        this.settled();
        return some;
    }

    async toEnd() {
        const turn = this.turn = {};
        this.follow(false);
        const some = await this.lines(-portion, portion);
        if (!some || this.turn !== turn) return some;
        this.rows.unfold(this.total);
        this.rows.clear();
        this.rows.append(some.lines);
        this.log.scrollTop = this.log.scrollHeight;
        this.settled();
        if (!this.complete) this.follow(true, some.end);
        return some;
    }

    settled() {
        this.seen = this.log.scrollTop;
        let next = this.rows.last + 1;
        for (let group; (group = this.rows.hides(next));) next = group.to + 1;
        this.bar.hidden = this.rows.first === 1 && next > this.total || this.total === 0;
        this.log.classList.toggle("part", !this.bar.hidden);
        this.bar.max = Math.max(1, this.total);
        this.bar.value = this.rows.top();
        this.bar.setAttribute("aria-valuetext", `line ${this.bar.value} of ${this.total}`);
        this.tools.querySelector("[data-count]").textContent = count(this.total, "line");
        // Where the end is in the page there is nothing new behind it.
        this.known = this.stream || next > this.total ? this.total : this.known ?? this.total;
        const news = this.tools.querySelector("[data-new]");
        news.hidden = this.known === this.total;
        news.textContent = news.hidden ? "" : count(this.total - this.known, "new line");
        if (!this.complete) return;
        this.log.dataset.complete = "";
        this.tools.querySelector("[data-follow]").textContent = "End";
    }

    // Says what was printed while the end is not held; what is looked for is looked for there, too.
    async watch() {
        if (document.hidden || this.rows.count === 0) return;
        if (this.complete) clearInterval(this.watching);
        else if (!this.stream) {
            if (!await this.lines(-1, 1)) return;
            this.settled();
            if (this.complete) this.outline(false);
        }
        this.search.grown();
    }

    scrolled() {
        if (this.looking) return;
        this.looking = requestAnimationFrame(async () => {
            try {
                const above = this.log.scrollTop, below = this.log.scrollHeight - above - this.log.clientHeight;
                if (this.stream && above < this.seen - 5) this.follow(false);
                if (above < near && this.rows.first > 1 && !this.stream) await this.more(-1);
                else if (below < near && this.rows.last < this.total && !this.stream) await this.more(1);
                else if (below < 2 && !this.complete && !this.stream && this.rows.count > 0) await this.toEnd();
                this.settled();
            } finally {
                this.looking = undefined;
            }
        });
    }

    // Goes on with the lines in the page, over what is folded away.
    async more(way) {
        const turn = this.turn;
        for (let got = 0; got < portion / 2;) {
            let from = way > 0 ? this.rows.last + 1 : this.rows.first - 1;
            for (let group; (group = this.rows.hides(from));) from = way > 0 ? group.to + 1 : group.from;
            if (from < 1 || from > this.total) return;
            const begin = way > 0 ? from : Math.max(1, from - portion + 1);
            const some = await this.lines(begin, way > 0 ? portion : from - begin + 1);
            if (!some || some.lines.length === 0 || this.turn !== turn || this.stream) return;
            const before = this.rows.count;
            if (way > 0) {
                this.rows.append(some.lines);
                got += this.rows.count - before;
                this.rows.trimAbove();
            } else {
                // Long lines come in fewer at a time: what is missing before the first row comes next.
                while (some.lines.at(-1).number < from) {
                    const rest = await this.lines(some.lines.at(-1).number + 1, from - some.lines.at(-1).number);
                    if (!rest || rest.lines.length === 0 || this.turn !== turn) return;
                    some.lines.push(...rest.lines);
                }
                this.rows.prepend(some.lines);
                got += this.rows.count - before;
                this.rows.trimBelow();
            }
            if (this.rows.count === before) return;
        }
    }

    // Holds the end: the bytes come as they are printed, and the page has the last of them.
    follow(on, from) {
        this.stream?.abort();
        this.stream = undefined;
        this.log.querySelector(".open")?.remove();
        this.tools.querySelector("[data-follow]").ariaPressed = String(on);
        if (on) this.read(this.stream = new AbortController(), from);
    }

    async read(stream, from) {
        const decoder = new TextDecoder();
        this.partial = "";
        this.fresh = [];
        while (this.stream === stream && this.log.isConnected) {
            try {
                const answer = await fetch(`${this.base}/bytes?after=${from}`, { signal: stream.signal });
                if (answer.status >= 500) throw new Error(answer.status);
                if (!answer.ok) {
                    if (this.stream === stream) this.follow(false);
                    return;
                }
                const skew = Date.parse(answer.headers.get("Date")) - Date.now();
                this.skew = Math.abs(skew) > 2000 ? skew : 0;
                for (const reader = answer.body.getReader();;) {
                    const { done, value } = await reader.read();
                    if (done || this.stream !== stream || !this.log.isConnected) break;
                    from += value.length;
                    this.arrived(decoder.decode(value, { stream: true }));
                }
                if (this.stream !== stream || !this.log.isConnected) break;
                this.ended();
                return;
            } catch {
                if (stream.signal.aborted) return;
                await new Promise(done => setTimeout(done, 1000));
            }
        }
        stream.abort();
    }

    arrived(text) {
        const at = Date.now() + this.skew;
        const lines = (this.partial + text).split("\n");
        // Of a line without an end no more is kept than is shown.
        this.partial = lines.pop();
        if (this.partial.length > 65536) this.partial = left(this.partial).text;
        for (const line of lines) this.fresh.push({ at, ...left(line) });
        if (this.fresh.length > 2 * most) {
            this.total += this.fresh.length - most;
            this.fresh.splice(0, this.fresh.length - most);
        }
        this.frame ??= requestAnimationFrame(() => this.paint());
        // A hidden page has no frames.
        if (document.hidden) this.paint();
    }

    paint() {
        cancelAnimationFrame(this.frame);
        this.frame = undefined;
        if (!this.stream) return;
        const held = this.log.scrollTop >= this.seen - 5;
        this.log.querySelector(".open")?.remove();
        const lines = this.fresh.splice(0);
        for (const line of lines) line.number = ++this.total;
        if (!held) {
            this.follow(false);
            return;
        }
        if (lines.length > 0 && this.rows.hides(this.total)) {
            this.toEnd();
            return;
        }
        if (lines.length >= most || lines.length > 0 && this.rows.last + 1 < lines[0].number) this.rows.clear();
        this.rows.append(lines.slice(-most));
        if (this.partial) {
            const row = this.rows.make({ number: this.total + 1, at: Date.now() + this.skew, ...left(this.partial) });
            row.classList.add("open");
            this.log.append(row);
        }
        while (this.rows.count > most) this.log.firstElementChild.remove();
        this.log.scrollTop = this.log.scrollHeight;
        this.settled();
    }

    ended() {
        this.paint();
        const last = this.log.querySelector(".open");
        if (last) {
            last.classList.remove("open");
            this.total++;
        }
        this.complete = true;
        this.follow(false);
        this.settled();
        this.outline(false);
    }

    async outline(folds = true) {
        const known = await this.get("/outline");
        if (!known) return;
        const { groups, firstError } = known;
        const asked = this.rows.marked[0];
        this.rows.groups = new Map(groups.map(group => [group.from, group]));
        for (const group of groups) {
            // One without an end has all that follow, and a number after it that no line has.
            group.to ??= Number.MAX_SAFE_INTEGER;
            const holds = n => n > group.from && n <= group.to;
            if (folds && group.isFolded && !holds(asked) && !(firstError && holds(firstError))) this.rows.folded.add(group.from);
        }
        this.rows.wrong = firstError ?? undefined;
        this.tools.querySelector("[data-error]").hidden = !firstError;
        if (groups.length > 0) await this.again();
        else this.rows.all(this.rows.mark);
    }

    // The same place, made again after something was folded or unfolded.
    async again() {
        let top = this.rows.top();
        const row = this.rows.row(top);
        const inside = row ? row.offsetTop - this.log.scrollTop : 0;
        const atEnd = this.rows.last >= this.total && this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 5;
        for (let group; (group = this.rows.hides(top));) top = group.from;
        const turn = this.turn = {};
        const some = await this.lines(Math.max(1, top - portion / 2), 2 * portion);
        if (!some || this.turn !== turn) return;
        this.rows.clear();
        this.rows.append(some.lines);
        if (this.rows.count < portion / 2) await this.more(-1);
        if (this.rows.count < portion / 2) await this.more(1);
        const kept = this.rows.row(top);
        this.log.scrollTop = atEnd ? this.log.scrollHeight : kept ? kept.offsetTop - inside : 0;
        this.settled();
    }

    clicked(event) {
        const fold = event.target.closest("[data-group]");
        if (fold) {
            const from = Number(fold.dataset.group);
            if (!this.rows.folded.delete(from)) this.rows.folded.add(from);
            this.follow(false);
            this.again();
            return;
        }
        const link = event.target.closest("a.n");
        if (!link || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        event.stopPropagation();
        const n = Number(link.textContent);
        const [from, to] = event.shiftKey && this.rows.marked[0] ? [this.rows.marked[0], n].sort((a, b) => a - b) : [n, n];
        this.rows.marked = [from, to];
        history.replaceState(history.state, "", this.rows.address(from) + (to > from ? "-L" + to : ""));
        this.rows.all(this.rows.mark);
    }

    buttons() {
        const on = (name, act) => this.tools.querySelector(`[data-${name}]`).addEventListener("click", act);
        on("follow", () => this.stream ? this.follow(false) : this.toEnd());
        on("new", () => this.toEnd());
        on("error", () => this.show(this.rows.wrong));
        on("wrap", event => this.wrap(event.currentTarget, event.currentTarget.ariaPressed !== "true"));
        this.wrap(this.tools.querySelector("[data-wrap]"), localStorage.getItem("log.wrap") !== "no");
        const times = this.tools.querySelector("select");
        times.value = localStorage.getItem("log.times") ?? "";
        times.addEventListener("change", () => this.times(times.value));
        this.times(times.value);
    }

    wrap(button, yes) {
        button.ariaPressed = String(yes);
        this.log.classList.toggle("wide", !yes);
        localStorage.setItem("log.wrap", yes ? "yes" : "no");
    }

    times(mode) {
        localStorage.setItem("log.times", mode);
        this.rows.times = { mode, begin: Date.parse(this.log.dataset.begin) };
        this.log.classList.toggle("timed", mode !== "");
        this.rows.all(this.rows.time);
    }

    // n and N go from hit to hit, / looks for something else while the log has the focus.
    keys() {
        const typing = event => event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey;
        this.log.addEventListener("keydown", event => {
            if (event.key === "/" && !typing(event)) this.keep(event, () => this.search.field.select());
            if (event.key === "End") this.keep(event, () => this.toEnd());
            if (event.key === "Home") this.keep(event, () => this.show(1, true));
        });
        document.addEventListener("keydown", event => {
            if (typing(event) || !this.search.active) return;
            if (event.key === "n") this.keep(event, () => this.search.go(1));
            if (event.key === "N") this.keep(event, () => this.search.go(-1));
        }, { capture: true, signal: this.gone.signal });
    }

    keep(event, act) {
        event.preventDefault();
        event.stopPropagation();
        act();
    }
}

function count(n, thing) {
    return `${n.toLocaleString()} ${thing}${n === 1 ? "" : "s"}`;
}
