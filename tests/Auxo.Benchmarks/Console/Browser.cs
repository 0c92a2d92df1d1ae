using System.Globalization;

using Microsoft.Playwright;

namespace Auxo.Benchmarks.Console;

/// <summary>A real browser, signed in at the console.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, Page) = (playwright, browser, page);

    /// <summary>Its one window.</summary>
    public IPage Page { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="InvalidOperationException">No chromium is on PATH.</exception>
    public static async Task<Browser> OpenAsync(Auxo.Testing.AuxoInstance instance, CancellationToken ct)
    {
        var program = ((string[])["chromium", "chromium-browser", "google-chrome"])
            .SelectMany(static name
                => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("it needs a browser, and no chromium is on PATH");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program, Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [],
        });
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = 1280, Height = 800 }, BaseURL = instance.Url("console").ToString(),
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        await page.GotoAsync((await ConsoleSide.LinkAsync(instance, ct)).ToString());
        return new Browser(playwright, browser, page);
    }

    /// <summary>Has the tab give back what nothing refers to any more; left alone, it waits for a better moment.</summary>
    public async Task CollectAsync()
    {
        var session = await Page.Context.NewCDPSessionAsync(Page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        await session.DetachAsync();
    }

    /// <summary>The memory of the tab's process (PSS), in MiB.</summary>
    public async Task<double> MemoryMiBAsync()
    {
        var session = await _browser.NewBrowserCDPSessionAsync();
        var processes = (await session.SendAsync("SystemInfo.getProcessInfo"))!.Value.GetProperty("processInfo");
        return processes.EnumerateArray().Where(static p => p.GetProperty("type").GetString() == "renderer")
            .Max(static p => PssMiB(p.GetProperty("id").GetInt32()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private static double PssMiB(int pid)
        => double.Parse(
            File.ReadLines($"/proc/{pid}/smaps_rollup").First(static l => l.StartsWith("Pss:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
}
