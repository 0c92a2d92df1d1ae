using System.Globalization;

using Auxo.Testing;

using Microsoft.Playwright;

namespace Auxo.Benchmarks.Console;

/// <summary>A real browser, the system's own.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Starts it.</summary>
    /// <exception cref="InvalidOperationException">None is installed.</exception>
    public static async Task<Browser> StartAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .SelectMany(static folder => ((string[])["chromium", "chromium-browser", "google-chrome"]).Select(n => Path.Combine(folder, n)))
            .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("no chromium is on PATH (Debian: apt install chromium)");
        var playwright = await Playwright.CreateAsync();
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            // Its own sandbox does not start as root; only our own pages are opened.
            Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [],
        }));
    }

    /// <summary>A fresh window without anything kept, signed in at the console of an instance where one is given.</summary>
    public async Task<IPage> OpenAsync(
        AuxoInstance? auxo, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 800)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = height },
            BaseURL = auxo?.Url("console").ToString(),
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        if (auxo is not null) await page.GotoAsync((await ConsoleSide.LinkAsync(auxo, CancellationToken.None)).ToString());
        return page;
    }

    /// <summary>Has a tab give back what nothing refers to any more; left alone, it waits for a better moment.</summary>
    public static async Task CollectAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        await session.DetachAsync();
    }

    /// <summary>The memory of the largest tab's process (PSS), in MiB.</summary>
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
