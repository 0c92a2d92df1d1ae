using Auxo.Metrics.Tests.Messages;
using Auxo.Testing;

namespace Auxo.Metrics.Tests;

/// <summary>What the command line asks is answered as it was recorded.</summary>
public sealed class AnswersTests(MetricsService service) : IClassFixture<MetricsService>
{
    [Fact]
    public async Task the_command_line_is_answered_as_recorded()
    {
        var rid = Ids.Rid("answers");
        await service.Host.SendAsync(
            SampleMessages.Opened(rid, "p", 0), SampleMessages.Merged(rid, "p", "c1", 1), SampleMessages.Advanced(rid, null, "c0", -1),
            SampleMessages.Advanced(rid, "c0", "c1", 1, "Merge", "p"), SampleMessages.Built(rid, "c1", 2));

        foreach (var (route, path) in ((string, string)[])[
            ("api/ci/{rid}", $"/api/ci/{rid}?from=2026-03-01&to=2026-03-08"),
            ("api/dora/{rid}", $"/api/dora/{rid}?from=2026-03-01&to=2026-03-08"),
            ("api/dora/{rid}/evidence", $"/api/dora/{rid}/evidence?from=2026-03-01&to=2026-03-08"),
            ("queues", "/queues"), ("describe", "/describe")])
            RecordedAnswers.Match("metrics", route, await service.Host.GetAsync(path));
    }
}
