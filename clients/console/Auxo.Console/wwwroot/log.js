// A log as it is written. The text is put into the page as text, never as markup; colours become classes.
const most = 5000;
const followed = new WeakSet();

export function followLogs() {
    for (const log of document.querySelectorAll("[data-log]")) {
        if (followed.has(log)) continue;
        followed.add(log);
        follow(log);
    }
}

async function follow(log) {
    const head = await fetch(log.dataset.log, { headers: { Range: "bytes=-65536" } });
    if (head.status !== 206 && head.status !== 200) return retry(log);
    const text = await head.text();
    const range = /bytes (\d+)-(\d+)\//.exec(head.headers.get("Content-Range") ?? "");
    const from = range ? Number(range[1]) : 0;
    const screen = new Screen(log);
    log.replaceChildren();
    screen.write(from > 0 ? text.slice(text.indexOf("\n") + 1) : text);
    screen.toEnd();
    if (head.headers.get("Auxo-Log-State") === "complete") return screen.end();
    const end = range ? Number(range[2]) + 1 : new TextEncoder().encode(text).length;
    const events = new EventSource(`${log.dataset.log}/events?after=${end}`);
    events.addEventListener("message", event => screen.write(event.data));
    events.addEventListener("end", () => {
        events.close();
        screen.end();
    });
    new MutationObserver((_, observer) => {
        if (log.isConnected) return;
        events.close();
        observer.disconnect();
    }).observe(document.body, { childList: true, subtree: true });
}

// The step has not printed anything yet: its log begins when it does.
function retry(log) {
    setTimeout(() => { if (log.isConnected) follow(log); }, 1000);
}

class Screen {
    constructor(log) {
        this.log = log;
        this.style = "";
        this.rest = "";
        this.waiting = [];
        this.line = undefined;
    }

    // Many events in one frame are one change of the page.
    write(text) {
        this.waiting.push(text);
        if (this.frame) return;
        this.frame = requestAnimationFrame(() => {
            this.frame = undefined;
            this.show();
        });
    }

    show() {
        const below = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
        const text = this.rest + this.waiting.join("");
        this.waiting = [];
        const cut = text.lastIndexOf("\x1b");
        const open = cut >= 0 && !/^\x1b(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/.test(text.slice(cut)) && text.length - cut < 64;
        this.rest = open ? text.slice(cut) : "";
        const part = document.createDocumentFragment();
        const lines = (open ? text.slice(0, cut) : text).split("\n");
        lines.forEach((line, i) => {
            this.line ??= part.appendChild(document.createElement("span"));
            this.append(this.line, line);
            if (i === lines.length - 1) return;
            this.line.append("\n");
            this.line = undefined;
        });
        this.log.append(part);
        while (this.log.childElementCount > most) this.log.firstElementChild.remove();
        if (below) this.toEnd();
    }

    append(to, text) {
        for (const piece of text.split(/(\x1b\[[0-9;]*m)/)) {
            const colour = /^\x1b\[([0-9;]*)m$/.exec(piece);
            if (colour) {
                this.colour(colour[1]);
                continue;
            }
            // Whatever else would steer a terminal steers nothing here.
            const plain = piece.replace(/\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])/g, "")
                .replace(/[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g, "");
            if (!plain) continue;
            if (!this.style) {
                to.append(plain);
                continue;
            }
            const span = document.createElement("span");
            span.className = this.style;
            span.textContent = plain;
            to.append(span);
        }
    }

    colour(codes) {
        const classes = new Set(this.style.split(" ").filter(Boolean));
        for (const code of codes.split(";").map(Number)) {
            if (code === 0) classes.clear();
            else if (code === 1) classes.add("bold");
            else if (code === 2) classes.add("dim");
            else if (code === 22) ["bold", "dim"].forEach(name => classes.delete(name));
            else if (code === 39 || (code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
                for (let i = 0; i < 8; i++) classes.delete("f" + i);
                if (code !== 39) classes.add("f" + (code % 10));
            }
        }
        this.style = [...classes].join(" ");
    }

    toEnd() {
        requestAnimationFrame(() => { this.log.scrollTop = this.log.scrollHeight; });
    }

    end() {
        requestAnimationFrame(() => this.log.dataset.complete = "");
    }
}
