using System.Text.Json;

using Auxo.Api;
using Auxo.Api.Numbers;
using Auxo.Testing;

namespace Auxo.Cli.Tests;

public sealed class RecordedAnswersTests
{
    [Fact]
    public void what_the_services_answer_can_be_read()
    {
        Assert.NotEmpty(Read<Page<Repository>>("ingest", "repositories").Items);
        Assert.NotEmpty(Read<Repository>("ingest", "repositories/x").Name);
        Assert.NotEmpty(Read<Page<RefInfo>>("ingest", "repositories/x/refs").Items);
        Assert.NotEmpty(Read<NodeInfo>("ingest", "node").State);
        Assert.NotEmpty(Read<Page<Build>>("pipeline", "builds").Items);
        Assert.NotEmpty(Read<Build>("pipeline", "builds/x").Findings!);
        Assert.NotEmpty(Read<Baseline>("pipeline", "baselines/x").Counts);
        Assert.NotEmpty(Read<FindingList>("pipeline", "findings").Items);
        Assert.NotEmpty(Read<Page<Secret>>("pipeline", "secrets").Items);
        Assert.NotEmpty(Read<Page<Schedule>>("pipeline", "schedules").Items);
        Assert.NotEmpty(Read<RunnerList>("pipeline", "runners").Items);
        Assert.NotEmpty(Read<Page<QueuedBuild>>("pipeline", "queue").Items);
        Assert.NotEmpty(Read<Page<NotifyChannel>>("notify", "channels").Items);
        Assert.NotEmpty(Read<Page<NotifyRoute>>("notify", "routes").Items);
        Assert.NotEmpty(Read<Page<Delivery>>("notify", "deliveries").Items);
        Assert.NotEmpty(Read<Delivery>("notify", "deliveries/x").Log!);
        Assert.NotEmpty(Read<Page<ArtifactVersion>>("registry", "artifacts").Items);
        Assert.NotEmpty(Read<ArtifactVersion>("registry", "artifacts/x/latest").Files);
        Assert.NotEmpty(Read<Page<RegistryRepository>>("registry", "repositories").Items);
        Assert.NotEmpty(Read<Page<RawFile>>("registry", "raw/x").Items);
        Assert.NotEmpty(Read<Page<Token>>("registry", "tokens").Items);
        Assert.NotEmpty(Read<Token>("registry", "tokens/self").Scopes);
        Assert.NotEmpty(Read<SecurityReport>("pipeline", "security").Checks);
        Assert.NotEmpty(Read<SecurityList>("pipeline", "security/repositories").Items);
        Assert.NotEmpty(Read<CoverageReport>("metrics", "api/coverage/x").Days);
        Assert.NotEmpty(Read<Page<Alert>>("metrics", "alerts").Items);
        Assert.Equal(5, Read<PromisesReport>("metrics", "api/promises").Promises.Count);
        Assert.NotEmpty(Read<Page<AlertRule>>("metrics", "alerts/rules").Items);
        Assert.NotEmpty(Read<CiReport>("metrics", "api/ci/x").Daily);
        Assert.NotEmpty(Read<DoraReport>("metrics", "api/dora/x").Weeks);
        Assert.NotEmpty(Read<HealthReport>("metrics", "api/health/x").Checks);
    }

    private static T Read<T>(string service, string path)
        => RecordedAnswers.Find(service, path).Deserialize<T>(ApiJson.Options)!;
}
