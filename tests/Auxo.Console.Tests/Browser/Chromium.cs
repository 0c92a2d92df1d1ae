using Microsoft.Playwright;

namespace Auxo.Console.Tests.Browser;

/// <summary>One real browser per test process: Debian's, since nothing is fetched from elsewhere.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string? Program = ((string[])["chromium", "chromium-browser", "google-chrome"])
        .SelectMany(static name
            => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Whether there is a browser at all.</summary>
    public bool IsInstalled => Program is not null;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Program is null) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            // Its own sandbox does not start as root; only our own pages are opened.
            Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [],
        });
    }

    /// <summary>
    /// A fresh window that a link has signed in. Every error of a page, and each request that leaves the console, is kept.
    /// </summary>
    internal async Task<Window> OpenAsync(
        Uri address, Uri link, ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        Assert.SkipWhen(_browser is null, "no chromium is installed");
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 800 },
            BaseURL = address.ToString(),
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        var window = new Window(page);
        page.Console += (_, message) => { if (message.Type == "error") window.Errors.Enqueue($"{message.Text} {message.Location}"); };
        page.PageError += (_, error) => window.Errors.Enqueue(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address.ToString(), StringComparison.Ordinal)
                && !request.Url.StartsWith("data:", StringComparison.Ordinal)) window.Foreign.Enqueue(request.Url);
        };
        await page.GotoAsync(link.ToString());
        return window;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

/// <summary>A window, and what went wrong in it. What it complains of without being expected to fails the test.</summary>
/// <param name="page">Its page.</param>
internal sealed class Window(IPage page) : IAsyncDisposable
{
    public IPage Page { get; } = page;

    public System.Collections.Concurrent.ConcurrentQueue<string> Errors { get; } = new();

    /// <summary>
    /// Parts of complaints that belong to what is played. A busy Chromium also says of itself that it left out the fade between
    /// two pages: an InvalidStateError (156), which nobody sees.
    /// </summary>
    public List<string> Expected { get; } = ["Transition was aborted"];

    public System.Collections.Concurrent.ConcurrentQueue<string> Foreign { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await Page.Context.DisposeAsync();
        Assert.Empty(Foreign);
        var errors = Errors.Where(e => !Expected.Exists(part => e.Contains(part, StringComparison.Ordinal))).ToList();
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }
}
