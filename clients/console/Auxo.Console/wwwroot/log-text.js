// A line of a terminal as nodes of a page: text stays text, colours become classes, and what would steer a terminal steers nothing.
const sequences = /\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])/g;
const controls = /[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g;
const longest = 8192;
const words = { 1: "bold", 2: "dim", 3: "italic", 4: "under", 7: "inverse" };
const ends = { 22: ["bold", "dim"], 23: ["italic"], 24: ["under"], 27: ["inverse"] };

// What is left of a line that was written over, as progress bars do, and of one that is too long.
export function left(line) {
    const text = line.replace(/\r+$/, "");
    const last = text.slice(text.lastIndexOf("\r") + 1);
    return { text: last.slice(0, longest), cutBytes: Math.max(0, last.length - longest) };
}

export function plain(text) {
    return text.replace(sequences, "").replace(controls, "");
}

export class Painter {
    constructor() {
        this.classes = new Set();
        this.colours = {};
    }

    paint(to, text) {
        if (!text.includes("\x1b") && this.classes.size === 0) {
            to.append(text.replace(controls, ""));
            return;
        }
        for (const piece of text.split(/(\x1b\[[0-9;:]*m)/)) {
            const style = /^\x1b\[([0-9;:]*)m$/.exec(piece);
            if (style) this.set(style[1].split(/[;:]/).map(Number));
            else this.put(to, plain(piece));
        }
    }

    put(to, text) {
        if (!text) return;
        if (this.classes.size === 0) {
            to.append(text);
            return;
        }
        const span = document.createElement("span");
        span.className = [...this.classes].join(" ");
        if (this.classes.has("rgb")) span.style.setProperty("--c", this.colours.f);
        if (this.classes.has("rgb-ground")) span.style.setProperty("--g", this.colours.b);
        span.textContent = text;
        to.append(span);
    }

    set(codes) {
        for (let i = 0; i < codes.length; i++) {
            const code = codes[i];
            if (code === 0) this.classes.clear();
            else if (words[code]) this.classes.add(words[code]);
            else if (ends[code]) ends[code].forEach(name => this.classes.delete(name));
            else if (code === 38 || code === 48) i = this.exact(code === 38 ? "f" : "b", codes, i);
            else if (code === 39 || within(code, 30) || within(code, 90)) this.basic("f", code);
            else if (code === 49 || within(code, 40) || within(code, 100)) this.basic("b", code);
        }
    }

    basic(layer, code) {
        for (let i = 0; i < 8; i++) this.classes.delete(layer + i);
        this.classes.delete(layer === "f" ? "rgb" : "rgb-ground");
        if (code % 10 !== 9) this.classes.add(layer + (code % 10));
    }

    // 38;5;n is one of 256 colours, 38;2;r;g;b one of all.
    exact(layer, codes, at) {
        const wide = codes[at + 1] === 2;
        const colour = wide ? codes.slice(at + 2, at + 5) : palette(codes[at + 2]);
        if (typeof colour === "number") this.basic(layer, colour);
        else if (colour.every(part => part >= 0 && part <= 255)) {
            this.basic(layer, 9);
            this.classes.add(layer === "f" ? "rgb" : "rgb-ground");
            this.colours[layer] = `rgb(${colour.join(" ")})`;
        }
        return at + (wide ? 4 : 2);
    }
}

function within(code, from) {
    return code >= from && code <= from + 7;
}

function palette(n) {
    if (!(n >= 0 && n <= 255)) return [];
    if (n < 16) return n % 8;
    if (n > 231) return [0, 0, 0].map(() => 8 + (n - 232) * 10);
    const step = part => part === 0 ? 0 : 55 + part * 40;
    return [step(Math.floor((n - 16) / 36)), step(Math.floor((n - 16) / 6) % 6), step((n - 16) % 6)];
}
