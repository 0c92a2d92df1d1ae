using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Cli.Tests.Commands;

/// <summary><c>auxo report</c>: the reports of the mornings.</summary>
public sealed class ReportCommandTests
{
    private const string Line =
        """{"kind":"daily","day":"2026-11-22","title":"2026-11-22: what is not well","needsAttention":true,"at":"2026-11-22T07:00:05Z"}""";

    [Fact]
    public async Task the_kept_ones_are_listed_and_the_newest_is_shown_as_text()
    {
        await using var auxo = await StartAsync();

        Assert.Contains("what is not well", (await auxo.RunAsync("report", "list")).Out, StringComparison.Ordinal);
        Assert.Equal("2026-11-22 text [bold]\n\nHEALTH\n", (await auxo.RunAsync("report", "show", "daily")).Out);
        Assert.StartsWith(
            "now html", (await auxo.RunAsync("report", "show", "audit", "--now", "--format", "html")).Out, StringComparison.Ordinal);
        Assert.StartsWith(
            "2026-01-02 text", (await auxo.RunAsync("report", "show", "weekly", "--day", "2026-01-02")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task where_none_of_a_kind_was_made_it_says_how_to_make_one()
    {
        await using var auxo = await StartAsync();

        var run = await auxo.RunAsync("report", "show", "weekly");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("auxo report show weekly --now", run.Error, StringComparison.Ordinal);
    }

    private static Task<FakeAuxo> StartAsync() => FakeAuxo.StartAsync(static app =>
    {
        app.MapGet("/metrics/api/reports", static () => FakeAuxo.Page(Line));
        app.MapGet("/metrics/api/reports/{kind}/{day}/{form}", static (string day, string form) => $"{day} {form} [bold]\n\nHEALTH\n");
    });
}
