using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Console.Tests;

/// <summary>The reports of the mornings, in the console.</summary>
public sealed class ReportPagesTests
{
    [Fact]
    public async Task the_list_leads_to_a_report_whose_words_stay_words()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/metrics/api/reports", static () => FakeAuxo.Page(
                """{"kind":"daily","day":"2026-11-22","title":"what is not well","needsAttention":true,"at":"2026-11-22T07:00:05Z"}"""));
            app.MapGet("/metrics/api/reports/{kind}/{day}", static () => FakeAuxo.Json(
                """
                {"kind":"daily","title":"what is not well","day":"2026-11-22","at":"2026-11-22T07:00:05Z","needsAttention":true,
                 "sections":[{"title":"Health","text":null,"columns":["Repository","Health"],"rows":[["<img src=x>","48"]]},
                             {"title":"Nodes","text":"Every node is well.","columns":[],"rows":[]}]}
                """));
        });

        Assert.Contains("href=\"/reports/daily/2026-11-22\"", await console.PageAsync("/reports"), StringComparison.Ordinal);
        var page = await console.PageAsync("/reports/daily/2026-11-22");
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        var text = WebUtility.HtmlDecode(page);
        Assert.Contains("<img src=x>", text, StringComparison.Ordinal);
        Assert.Contains("Every node is well.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task before_the_first_morning_it_says_when_they_come()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapGet("/metrics/api/reports", static () => FakeAuxo.Page()));

        Assert.Contains("they come in the morning", await console.PageAsync("/reports"), StringComparison.Ordinal);
    }
}
