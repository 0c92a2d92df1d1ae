// Bars of what runs go on between two looks at the services.
let since = performance.now(), bars = [], timer;

export function followBars() {
    bars = [...document.querySelectorAll("[data-elapsed]")];
    since = performance.now();
    clearInterval(timer);
    if (bars.length > 0) timer = setInterval(move, 1000);
}

function move() {
    const passed = (performance.now() - since) / 1000;
    for (const bar of bars) {
        const usual = Number(bar.dataset.usual);
        if (usual > 0) bar.style.setProperty("--part", Math.min(1, (Number(bar.dataset.elapsed) + passed) / usual));
    }
}
