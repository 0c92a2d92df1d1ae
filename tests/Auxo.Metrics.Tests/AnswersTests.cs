using Auxo.Contracts;
using Auxo.Metrics.Alerts;
using Auxo.Metrics.Tests.Coverage;
using Auxo.Metrics.Tests.Messages;
using Auxo.Metrics.Tests.Security;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

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
            SampleMessages.Advanced(rid, "c0", "c1", 1, "Merge", "p"), SampleMessages.Built(rid, "c1", 2),
            new RepositoryTracked(rid, "sample", "main", SampleMessages.Nowhere, [], TimeProvider.System.GetUtcNow()),
            CoverageTests.Measured("answers", 812, TimeProvider.System.GetUtcNow().AddHours(-1), rid),
            SecurityTests.Counted(rid, 2, TimeProvider.System.GetUtcNow()));
        await service.Host.Services.GetRequiredService<AlertWatch>().LookAsync(TestContext.Current.CancellationToken);

        foreach (var (route, path) in ((string, string)[])[
            ("api/ci/{rid}", $"/api/ci/{rid}?from=2026-03-01&to=2026-03-08"),
            ("api/dora/{rid}", $"/api/dora/{rid}?from=2026-03-01&to=2026-03-08"),
            ("api/dora/{rid}/evidence", $"/api/dora/{rid}/evidence?from=2026-03-01&to=2026-03-08"),
            ("api/coverage/{rid}", $"/api/coverage/{rid}?days=9"), ("api/coverage", "/api/coverage?days=9"), ("alerts", "/alerts"),
            ("alerts/rules", "/alerts/rules"), ("queues", "/queues"), ("describe", "/describe")])
            RecordedAnswers.Match("metrics", route, await service.Host.GetAsync(path));
    }
}
