// Looks for a text in a log of any length: the pipeline reads it, the page goes from one hit to the next.
export class Search {
    constructor(viewer, form) {
        this.viewer = viewer;
        this.field = form.querySelector("input");
        this.said = form.querySelector("output");
        this.hits = [];
        this.field.addEventListener("input", () => {
            clearTimeout(this.waiting);
            this.waiting = setTimeout(() => this.find(), 200);
        });
        form.addEventListener("submit", event => {
            event.preventDefault();
            if (this.field.value !== this.query) this.find();
            else this.go(1);
        });
        this.field.addEventListener("keydown", event => {
            if (event.key !== "Enter" || !event.shiftKey) return;
            event.preventDefault();
            this.go(-1);
        });
        form.querySelector("[data-previous]").addEventListener("click", () => this.go(-1));
        form.querySelector("[data-next]").addEventListener("click", () => this.go(1));
    }

    get active() { return this.hits.length > 0; }

    async find() {
        clearTimeout(this.waiting);
        this.asking?.abort();
        this.query = this.field.value;
        this.searched = undefined;
        this.show([], undefined);
        if (!this.query) return;
        const asking = this.asking = new AbortController();
        this.said.textContent = "…";
        const { total } = this.viewer;
        try {
            const answer = await this.ask(1, asking.signal);
            if (asking.signal.aborted) return;
            this.show(answer.lines, answer.next);
            this.searched = total;
            if (this.active) this.go(0);
        } catch (error) {
            if (!asking.signal.aborted) this.said.textContent = "The search failed; try again.";
        }
    }

    async ask(from, signal) {
        const answer = await fetch(
            `${this.viewer.base}/search?limit=1000&from=${from}&q=${encodeURIComponent(this.query)}`, { signal });
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
    }

    show(lines, next) {
        this.hits = lines.map(line => line.number);
        this.next = next ?? undefined;
        this.at = -1;
        const rows = this.viewer.rows;
        rows.found = new Set(this.hits);
        rows.current = undefined;
        rows.all(rows.mark);
        this.say();
    }

    // 0 is the first hit from what is seen on; 1 the next one, -1 the one before.
    async go(by) {
        if (!this.active) return;
        if (by === 0) {
            const top = this.viewer.rows.top();
            this.at = Math.max(0, this.hits.findIndex(n => n >= top));
        } else {
            if (this.at + by === this.hits.length && this.next) {
                this.coming ??= this.more().finally(() => { this.coming = undefined; });
                if (!await this.coming) return;
            }
            this.at = (this.at + by + this.hits.length) % this.hits.length;
        }
        this.viewer.rows.current = this.hits[this.at];
        this.say();
        await this.viewer.show(this.hits[this.at]);
        this.viewer.sight();
    }

    // Adds the hits that follow those that are known; false when they did not come, or are not asked for any more.
    async more() {
        const { signal } = this.asking;
        try {
            const more = await this.ask(this.next, signal);
            if (signal.aborted) return false;
            this.add(more);
            return true;
        } catch {
            if (!signal.aborted) this.said.textContent = "The search failed; try again.";
            return false;
        }
    }

    // Looks through what was printed since.
    async grown() {
        const { total } = this.viewer;
        if (!this.query || this.next || this.growing || !(this.searched < total)) return;
        const { signal } = this.asking;
        this.growing = true;
        try {
            const more = await this.ask(this.searched + 1, signal);
            if (signal.aborted) return;
            this.searched = total;
            this.add(more);
            this.viewer.rows.all(this.viewer.rows.mark);
            this.say();
        } catch {
            // It is asked for again when more was printed.
        } finally {
            this.growing = false;
        }
    }

    add(more) {
        // A line that was still printed may be found twice.
        const last = this.hits.at(-1) ?? 0;
        const numbers = more.lines.map(line => line.number).filter(n => n > last);
        this.hits.push(...numbers);
        for (const n of numbers) this.viewer.rows.found.add(n);
        this.next = more.next ?? undefined;
    }

    say() {
        const count = this.hits.length + (this.next ? "+" : "");
        this.said.textContent = !this.query ? "" : this.active ? `${this.at + 1} of ${count}` : "nothing";
    }
}
