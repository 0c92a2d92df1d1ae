// The lines of a log that are in the page: some hundred of them around what is looked at, whatever the length of the log.
import { Painter, plain } from "./log-text.js";

export const most = 800;

export class Rows {
    constructor(log) {
        this.log = log;
        // By their first lines: a later outline has other groups for them.
        this.folded = new Set();
        this.groups = new Map();
        this.marked = [0, 0];
        this.found = new Set();
        this.clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    }

    get first() { return Number(this.log.firstElementChild?.dataset.n ?? 0); }

    get last() { return Number(this.log.lastElementChild?.dataset.n ?? 0); }

    get count() { return this.log.childElementCount; }

    row(n) {
        return this.log.querySelector(`[data-n="${n}"]`);
    }

    clear() {
        this.log.replaceChildren();
    }

    // The group, if any, that hides a line.
    hides(n) {
        for (const from of this.folded) {
            const group = this.groups.get(from);
            if (group && n > from && n <= group.to) return group;
        }
    }

    // Opens the groups that hide a line; true when there were any.
    unfold(n) {
        const hidden = this.hides(n) !== undefined;
        for (let group; (group = this.hides(n));) this.folded.delete(group.from);
        return hidden;
    }

    append(lines) {
        const part = document.createDocumentFragment();
        const painter = new Painter();
        for (const line of lines) if (!this.hides(line.number)) part.append(this.make(line, painter));
        this.log.append(part);
    }

    // What is looked at stays where it is.
    prepend(lines) {
        const part = document.createDocumentFragment();
        const painter = new Painter();
        for (const line of lines) if (!this.hides(line.number)) part.append(this.make(line, painter));
        this.keeping(this.log.firstElementChild, () => this.log.prepend(part));
    }

    trimAbove() {
        this.keeping(this.log.lastElementChild, () => { while (this.count > most) this.log.firstElementChild.remove(); });
    }

    trimBelow() {
        while (this.count > most) this.log.lastElementChild.remove();
    }

    keeping(row, change) {
        const before = row?.offsetTop ?? 0;
        change();
        if (row) this.log.scrollTop += row.offsetTop - before;
    }

    make(line, painter = new Painter()) {
        const row = document.createElement("div");
        row.dataset.n = line.number;
        row.id = "L" + line.number;
        const number = row.appendChild(document.createElement("a"));
        number.className = "n";
        number.href = this.address(line.number);
        number.textContent = line.number;
        row.append(document.createElement("time"), document.createElement("span"));
        row.at = line.at === undefined || line.at === null ? NaN : new Date(line.at).getTime();
        this.fill(row, line, painter);
        this.time(row);
        this.mark(row);
        return row;
    }

    fill(row, line, painter = new Painter()) {
        const text = row.lastElementChild;
        text.replaceChildren();
        const group = this.groups.get(line.number);
        if (group) this.title(text, group, line);
        else if (!/^(::endgroup::|##\[endgroup\])/.test(line.text)) painter.paint(text, line.text);
        if (line.cutBytes > 0) {
            const note = text.appendChild(document.createElement("i"));
            note.textContent = ` … ${line.cutBytes} bytes more; the download has them`;
        }
    }

    title(text, group) {
        const button = text.appendChild(document.createElement("button"));
        button.className = "fold";
        button.dataset.group = group.from;
        button.ariaExpanded = String(!this.folded.has(group.from));
        button.textContent = plain(group.title);
    }

    time(row) {
        const field = row.children[1];
        const { mode, begin } = this.times ?? {};
        field.textContent = !mode || isNaN(row.at) ? "" : mode === "clock" ? this.clock.format(row.at) : since(row.at - begin);
        field.title = isNaN(row.at) ? "" : new Date(row.at).toLocaleString();
    }

    mark(row) {
        const n = Number(row.dataset.n);
        row.classList.toggle("marked", n >= this.marked[0] && n <= this.marked[1]);
        row.classList.toggle("found", this.found.has(n));
        row.classList.toggle("current", n === this.current);
        row.classList.toggle("wrong", n === this.wrong);
    }

    all(change) {
        for (const row of this.log.children) change.call(this, row);
    }

    // The first row that is seen.
    top() {
        const edge = this.log.scrollTop;
        let [low, high] = [0, this.count - 1];
        while (low < high) {
            const middle = (low + high) >> 1;
            const row = this.log.children[middle];
            if (row.offsetTop + row.offsetHeight <= edge) low = middle + 1;
            else high = middle;
        }
        return Number(this.log.children[low]?.dataset.n ?? 1);
    }

    scrollTo(n) {
        const row = this.row(n) ?? this.log.firstElementChild;
        if (row) this.log.scrollTop = row.offsetTop - this.log.clientHeight / 3;
    }

    address(n) {
        return `${location.pathname}?step=${encodeURIComponent(this.log.dataset.step)}&line=${n}#L${n}`;
    }
}

// Nothing while it is not known when the step began.
function since(milliseconds) {
    if (isNaN(milliseconds)) return "";
    const seconds = Math.max(0, milliseconds) / 1000;
    return seconds < 60 ? seconds.toFixed(1) + " s" : Math.floor(seconds / 60) + ":" + String(Math.floor(seconds % 60)).padStart(2, "0");
}
