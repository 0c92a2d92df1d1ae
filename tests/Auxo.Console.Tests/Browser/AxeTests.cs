using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Playwright;

namespace Auxo.Console.Tests.Browser;

/// <summary>
/// What axe-core finds wrong with a page for those who do not see it, or do not see it well: nothing. Nor does anything of a page move
/// while it is loaded.
/// </summary>
public sealed class AxeTests(Chromium chromium)
{
    /// <summary>Those of all addresses that are pages.</summary>
    private static readonly string[] Pages =
    [
        .. AccessTests.Pages.Where(static p => p != "/live" && !p.StartsWith("/search/found", StringComparison.Ordinal)
            && !p.Contains("/logs/", StringComparison.Ordinal)
            && !p.StartsWith("/downloads/", StringComparison.Ordinal) && !p.EndsWith(".json", StringComparison.Ordinal)),
        "/search", "/login", "/no/such/page",
    ];

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task pages_with_all_they_can_show_are_open_to_everybody(ColorScheme scheme, int width)
        => await LookAsync(BrowserTests.MapAll, scheme, width);

    [Fact]
    public async Task empty_pages_are_open_to_everybody() => await LookAsync(Nothing, ColorScheme.Dark, 1280);

    [Fact]
    public async Task pages_in_trouble_are_open_to_everybody()
        => await LookAsync(
            static app => app.MapGet("/{service}/{**path}", static () => FakeAuxo.Problem(503, "x/away", "It is away.")),
            ColorScheme.Light, 360);

    /// <summary>A team whose builds all run on its one machine.</summary>
    internal const string NoRunners = """{"main":["linux"],"capacity":2,"items":[]}""";

    /// <summary>Nobody has waited for anything yet.</summary>
    private const string NoPromises = """
        {"from":"2026-10-24T12:00:00Z","to":"2026-11-23T12:00:00Z","promises":[
          {"promise":"merge","title":"merge","unit":"seconds","bound":120,"room":0.05,"n":0,"of":"commands","ratio":null,
           "p50Seconds":null,"p95Seconds":null,"state":"not_known","budgetUsed":null,"note":null,"value":null}]}
        """;

    /// <summary>Services that know of nothing.</summary>
    internal static void Nothing(IEndpointRouteBuilder app)
    {
        app.MapGet("/{service}/{**path}", static (string path)
            => path is "queues" or "secrets" or "queue" or "schedules" ? FakeAuxo.Json("""{"items":[]}""")
                : path is "security/repositories" ? FakeAuxo.Json("""{"items":[],"formula":"100 - 25 x critical"}""")
                : path is "api/promises" ? FakeAuxo.Json(NoPromises)
                : path is "runners" ? FakeAuxo.Json(NoRunners) : path is "node" or "security" || path.Split('/').Length > 2
                ? FakeAuxo.Problem(404, "x/not-found", "There is no such thing.") : FakeAuxo.Page());
        app.MapGet("/ingest/repositories/{rid}", static () => FakeAuxo.Problem(404, "x/not-found", "There is no such repository."));
        app.MapGet("/pipeline/builds/{id}", static () => FakeAuxo.Problem(404, "x/not-found", "There is no such build."));
        app.MapGet("/notify/deliveries/{id}", static () => FakeAuxo.Problem(404, "x/not-found", "There is no such delivery."));
    }

    /// <summary>A page that is asked again has other ages: a letter more or less is no move that an eye follows.</summary>
    private static async Task<double?> MovedAsync(Window window)
        => await window.Page.EvaluateAsync<double>("window.moved") is > 0.001 and var moved ? moved : null;

    private async Task LookAsync(Action<IEndpointRouteBuilder> services, ColorScheme scheme, int width)
    {
        await using var console = await ConsoleHost.StartAsync(services);
        await using var window = await chromium.OpenAsync(console, scheme, width);
        await window.Page.AddInitScriptAsync("""
            window.moved = 0;
            new PerformanceObserver(list => list.getEntries().forEach(e => window.moved += e.hadRecentInput ? 0 : e.value))
                .observe({ type: "layout-shift", buffered: true });
            """);
        // A page that says what is missing is answered with a status of its own, which the browser reports.
        window.Expected.Add("Failed to load resource");
        List<string> wrong = [];
        foreach (var path in Pages)
        {
            await window.Page.GotoAsync(path);
            wrong.AddRange((await window.Page.AxeAsync()).Select(v => $"{path}: {v}"));
            // News, or a busy machine, may have moved it for once. What moves by itself does so each time.
            if (await MovedAsync(window) is not null) await window.Page.GotoAsync(path);
            if (await MovedAsync(window) is { } moved) wrong.Add($"{path}: moved by {moved}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Distinct(StringComparer.Ordinal)));
    }
}
