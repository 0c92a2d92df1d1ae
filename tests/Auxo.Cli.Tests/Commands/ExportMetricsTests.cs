using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Commands;

/// <summary><c>auxo metrics export</c>.</summary>
public sealed class ExportMetricsTests
{
    private const string History = """
        # HELP radicle_ci_success_rate Success ratio.
        # TYPE radicle_ci_success_rate gauge
        radicle_ci_success_rate{repo="rad:z3"} 0.5 1780272000
        radicle_ci_success_rate{repo="rad:z3"} 0.75 1780275600
        # EOF

        """;

    [Fact]
    public async Task the_past_is_written_into_a_file_with_the_labels_of_what_prometheus_scrapes()
    {
        await using var auxo = await StartAsync(static () => Results.Text(History));
        var file = Path.Combine(auxo.Home, "history.om");

        var written = await auxo.RunAsync(
            "metrics", "export", "--history", "--from", "2026-06-01T00:00Z", "--step", "6h", "--repo", "heartwood", "--output", file);

        Assert.True(written.ExitCode == 0, written.Error);
        Assert.Equal(History, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Contains("2 values", written.Out, StringComparison.Ordinal);
        Assert.Contains("promtool tsdb create-blocks-from openmetrics", written.Out, StringComparison.Ordinal);
        var asked = Uri.UnescapeDataString(auxo.Requests.Single(static r => r.Contains("history", StringComparison.Ordinal)));
        Assert.Contains("from=2026-06-01T00:00:00", asked, StringComparison.Ordinal);
        Assert.Contains("step=21600", asked, StringComparison.Ordinal);
        Assert.Contains($"rid={FakeAuxo.Rid}", asked, StringComparison.Ordinal);
        Assert.Contains($"job=radicle&instance={new Uri(auxo.Address).Authority}", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# EOF\n", "Nothing was known")]
    [InlineData("# TYPE a gauge\na 1 5\n", "in the middle")]
    [InlineData("", "in the middle")]
    public async Task what_is_empty_or_cut_leaves_no_file(string answer, string says)
    {
        await using var auxo = await StartAsync(() => Results.Text(answer, "application/openmetrics-text"));
        var file = Path.Combine(auxo.Home, "history.om");
        var written = await auxo.RunAsync("metrics", "export", "--history", "--from", "2026-06-01", "--output", file);
        Assert.NotEqual(0, written.ExitCode);
        Assert.Contains(says, written.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(auxo.Home, "history*"));
    }

    [Fact]
    public async Task too_much_is_said_in_the_words_of_the_service()
    {
        await using var auxo = await StartAsync(static () => FakeAuxo.Problem(422, "history/too-large", "Take a step of at least 3h."));
        var written = await auxo.RunAsync(
            "metrics", "export", "--history", "--from", "2026-06-01", "--output", Path.Combine(auxo.Home, "history.om"));
        Assert.Equal(1, written.ExitCode);
        Assert.Contains("at least 3h", written.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics export")]
    [InlineData("metrics export --once --history")]
    [InlineData("metrics export --history --from 2026-06-01")]
    [InlineData("metrics export --history --output x")]
    [InlineData("metrics export --history --from 2026-06-01 --output x --step 1fortnight")]
    public async Task what_is_not_said_is_asked_for(string line)
    {
        await using var auxo = await StartAsync(static () => Results.Text(History));
        Assert.Equal(2, (await auxo.RunAsync(line.Split(' '))).ExitCode);
    }

    [Fact]
    public async Task the_page_of_now_is_printed_or_written()
    {
        await using var auxo = await FakeAuxo.StartAsync(
            static app => app.MapGet("/metrics/metrics", static () => Results.Text("a 1\n# EOF\n", "application/openmetrics-text")));
        Assert.Equal("a 1\n# EOF\n", (await auxo.RunAsync("metrics", "export", "--once")).Out);
        var file = Path.Combine(auxo.Home, "now.om");
        Assert.Equal(0, (await auxo.RunAsync("metrics", "export", "--once", "-o", file)).ExitCode);
        Assert.Equal(10L, new FileInfo(file).Length);
    }

    private static Task<FakeAuxo> StartAsync(Func<IResult> answer) => FakeAuxo.StartAsync(app =>
    {
        app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(FakeAuxo.Repository));
        app.MapGet("/metrics/api/metrics/history", answer);
    });
}
