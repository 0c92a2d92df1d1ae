using System.Text.Json;

using Auxo.Api.Numbers;

using Refit;

namespace Auxo.Api;

/// <summary>What ingest answers.</summary>
public interface IIngest
{
    /// <summary>All tracked repositories.</summary>
    [Get("repositories")]
    Task<Page<Repository>> RepositoriesAsync(CancellationToken ct);

    /// <summary>A tracked repository.</summary>
    [Get("repositories/{rid}")]
    Task<Repository> RepositoryAsync(string rid, CancellationToken ct);

    /// <summary>Lets everybody read it, without a token.</summary>
    [Put("repositories/{rid}/public")]
    Task<Repository> PublishAsync(string rid, CancellationToken ct);

    /// <summary>Takes that back.</summary>
    [Delete("repositories/{rid}/public")]
    Task UnpublishAsync(string rid, CancellationToken ct);

    /// <summary>Tracks a repository; a repeated call answers what is there.</summary>
    [Post("repositories")]
    Task<Tracked> TrackAsync([Body] TrackRequest request, CancellationToken ct);

    /// <summary>Stops tracking it; what is stored stays.</summary>
    [Delete("repositories/{rid}")]
    Task UntrackAsync(string rid, CancellationToken ct);

    /// <summary>Lets this DID's own steps run.</summary>
    [Post("repositories/{rid}/trusted/{did}")]
    Task TrustAsync(string rid, string did, CancellationToken ct);

    /// <summary>Takes that back.</summary>
    [Delete("repositories/{rid}/trusted/{did}")]
    Task DistrustAsync(string rid, string did, CancellationToken ct);

    /// <summary>A new webhook secret; the old one ends.</summary>
    [Post("repositories/{rid}/secret")]
    Task<WebhookSecret> RenewSecretAsync(string rid, CancellationToken ct);

    /// <summary>Looks at the repository now.</summary>
    [Post("repositories/{rid}/sweep")]
    Task SweepAsync(string rid, CancellationToken ct);

    /// <summary>Tells what happened before it was followed; of a long history that takes minutes.</summary>
    [Post("repositories/{rid}/backfill")]
    Task<Backfilled> BackfillAsync(string rid, [Body] BackfillRequest request, [Property("auxo.long")] bool isLong, CancellationToken ct);

    /// <summary>The tips and what came of them.</summary>
    [Get("repositories/{rid}/refs")]
    Task<Page<RefInfo>> RefsAsync(string rid, CancellationToken ct);

    /// <summary>The patches of a repository that Auxo has seen.</summary>
    [Get("patches")]
    Task<Page<PatchInfo>> PatchesAsync(string rid, CancellationToken ct);

    /// <summary>What a revision changes, against the default branch or the revision <paramref name="from"/>.</summary>
    [Get("repositories/{rid}/patches/{patch}/revisions/{revision}/diff")]
    Task<PatchDiff> DiffAsync(string rid, string patch, string revision, string? from, CancellationToken ct);

    /// <summary>What was said of a patch.</summary>
    [Get("repositories/{rid}/patches/{patch}/discussion")]
    Task<Page<DiscussionEntry>> DiscussionAsync(string rid, string patch, CancellationToken ct);

    /// <summary>The Radicle node.</summary>
    [Get("node")]
    Task<NodeInfo> NodeAsync(CancellationToken ct);

    /// <summary>Comments on their way.</summary>
    [Get("outbox")]
    Task<Page<OutboxEntry>> OutboxAsync(CancellationToken ct);
}

/// <summary>What the pipeline answers.</summary>
public interface IPipeline
{
    /// <summary>Builds a commit by hand.</summary>
    [Post("builds")]
    Task<Build> BuildAsync([Body] BuildRequest request, CancellationToken ct);

    /// <summary>What runs steps, and whether it holds them in.</summary>
    [Get("executors")]
    Task<Page<ExecutorInfo>> ExecutorsAsync(CancellationToken ct);

    /// <summary>
    /// Builds, newest first. With <paramref name="scans"/> false those of a branch say how it stands, however often it was scanned since.
    /// </summary>
    [Get("builds")]
    Task<Page<Build>> BuildsAsync(
        string? rid, string? patch, string? commit, int? limit, string? after,
        CancellationToken ct, string? trace = null, bool? scans = null);

    /// <summary>One build with findings, artifacts and verdict.</summary>
    [Get("builds/{id}")]
    Task<Build> GetAsync(string id, CancellationToken ct);

    /// <summary>Lines of a step's log by their numbers, from 1; a negative <paramref name="from"/> counts from the end.</summary>
    [Get("builds/{id}/logs/{step}/lines")]
    Task<LogLines> LinesAsync(string id, string step, long from, int count, CancellationToken ct);

    /// <summary>What a step's log says of its own form, and where it first speaks of an error.</summary>
    [Get("builds/{id}/logs/{step}/outline")]
    Task<LogOutline> OutlineAsync(string id, string step, CancellationToken ct);

    /// <summary><c>cancel</c>, <c>approve</c> or <c>rerun</c>; the answer is the build, or the new one.</summary>
    [Post("builds/{id}/{verb}")]
    Task<string> ActAsync(string id, string verb, CancellationToken ct);

    /// <summary>What is known of a repository and blocks nothing.</summary>
    [Get("baselines/{rid}")]
    Task<Baseline> BaselineAsync(string rid, CancellationToken ct);

    /// <summary>What that build found is known from now on.</summary>
    [Post("baselines/{rid}/accept")]
    Task<AcceptAnswer> AcceptAsync(string rid, [Body] AcceptRequest request, CancellationToken ct);

    /// <summary>Forgets what is known; the next build of the default branch sets it.</summary>
    [Delete("baselines/{rid}")]
    Task ResetBaselineAsync(string rid, CancellationToken ct);

    /// <summary>
    /// The findings of a repository's default branch: <c>open</c> (by default), <c>fixed</c> or <c>accepted</c>, of these
    /// severities or all.
    /// </summary>
    [Get("findings")]
    Task<FindingList> FindingsAsync(
        string rid, string? state, [Query(CollectionFormat.Multi)] IReadOnlyCollection<string>? severity, string? check, int? limit,
        string? after, CancellationToken ct);

    /// <summary>Weaknesses of a default branch, and how they came and went.</summary>
    [Get("security")]
    Task<SecurityReport> SecurityAsync(string rid, int days, CancellationToken ct);

    /// <summary>How all repositories stand.</summary>
    [Get("security/repositories")]
    Task<SecurityList> AllSecurityAsync(CancellationToken ct);

    /// <summary>What is built at set times, of one repository or of all.</summary>
    [Get("schedules")]
    Task<Page<Schedule>> SchedulesAsync(string? rid, CancellationToken ct);

    /// <summary>The machines that run steps.</summary>
    [Get("runners")]
    Task<RunnerList> RunnersAsync(CancellationToken ct);

    /// <summary>Makes a runner known, or gives it other labels.</summary>
    [Put("runners/{name}")]
    Task<Runner> PutRunnerAsync(string name, [Body] RunnerRequest runner, CancellationToken ct);

    /// <summary><c>pause</c>, <c>drain</c> or <c>resume</c>.</summary>
    [Post("runners/{name}/{verb}")]
    Task<Runner> SwitchRunnerAsync(string name, string verb, CancellationToken ct);

    /// <summary>Removes it; what it has goes to another machine.</summary>
    [Delete("runners/{name}")]
    Task RemoveRunnerAsync(string name, CancellationToken ct);

    /// <summary>What runs where, and what waits and why.</summary>
    [Get("queue")]
    Task<Page<QueuedBuild>> QueueAsync(CancellationToken ct);

    /// <summary>Whether a commit may become the default branch; named with those that have its files, it first.</summary>
    [Get("gate")]
    Task<GateAnswer> GateAsync(string rid, [Query(CollectionFormat.Multi)] IReadOnlyList<string> commit, CancellationToken ct);

    /// <summary>Keeps that somebody merges what the gate refuses, and why.</summary>
    [Post("gate/overrides")]
    Task<GateOverride> OverrideGateAsync([Body] OverrideRequest request, CancellationToken ct);

    /// <summary>The merges that were seen, the newest first.</summary>
    [Get("merges")]
    Task<Page<Merge>> MergesAsync(string? rid, bool unpassed, int? limit, CancellationToken ct);

    /// <summary><c>enable</c> or <c>disable</c>.</summary>
    [Post("schedules/{rid}/{name}/{verb}")]
    Task SwitchScheduleAsync(string rid, string name, string verb, CancellationToken ct);

    /// <summary>Begins its build now, once.</summary>
    [Post("schedules/{rid}/{name}/run")]
    Task<Build> RunScheduleAsync(string rid, string name, CancellationToken ct);

    /// <summary>What steps can be given, never its value: all, or for one repository.</summary>
    [Get("secrets")]
    Task<Page<Secret>> SecretsAsync(string? rid, CancellationToken ct);

    /// <summary>Gives a secret of one repository, or of all, its value.</summary>
    [Put("secrets/{name}")]
    Task<Secret> SetSecretAsync(string name, string? rid, [Body] SetSecret request, CancellationToken ct);

    /// <summary>Removes it.</summary>
    [Delete("secrets/{name}")]
    Task RemoveSecretAsync(string name, string? rid, CancellationToken ct);

    /// <summary>Encrypts all values with a new key.</summary>
    [Post("secrets/rotate")]
    Task<SecretRotation> RotateSecretsAsync(CancellationToken ct);
}

/// <summary>What metrics answers: <c>what</c> is <c>ci</c> or <c>dora</c>. Undigested, since <c>--json</c> gives it as it is.</summary>
public interface IMetrics
{
    /// <summary>The numbers of one repository.</summary>
    [Get("api/{what}/{rid}")]
    Task<JsonElement> OneAsync(string what, string rid, int days, string? asOf, CancellationToken ct);

    /// <summary>The numbers of all tracked repositories.</summary>
    [Get("api/{what}")]
    Task<JsonElement> AllAsync(string what, int days, string? asOf, CancellationToken ct);

    /// <summary>Every node of the mesh as every other sees it.</summary>
    [Get("api/mesh")]
    Task<MeshMatrix> MeshAsync(CancellationToken ct);

    /// <summary>Removes a node that was taken away.</summary>
    [Delete("api/mesh/nodes/{name}")]
    Task ForgetNodeAsync(string name, CancellationToken ct);

    /// <summary>What DORA's numbers of a repository are made of.</summary>
    [Get("api/dora/{rid}/evidence")]
    Task<DoraEvidence> EvidenceAsync(string rid, int days, CancellationToken ct, string? asOf = null);

    /// <summary>DORA's numbers of one repository.</summary>
    [Get("api/dora/{rid}")]
    Task<DoraReport> DoraAsync(string rid, int days, string? asOf, CancellationToken ct);

    /// <summary>DORA's numbers of all tracked repositories.</summary>
    [Get("api/dora")]
    Task<Page<DoraReport>> AllDoraAsync(int days, string? asOf, CancellationToken ct);

    /// <summary>How the builds of one repository went.</summary>
    [Get("api/ci/{rid}")]
    Task<CiReport> CiAsync(string rid, int days, string? asOf, CancellationToken ct);

    /// <summary>How the builds of all tracked repositories went.</summary>
    [Get("api/ci")]
    Task<Page<CiReport>> AllCiAsync(int days, string? asOf, CancellationToken ct);

    /// <summary>How well a repository is.</summary>
    [Get("api/health/{rid}")]
    Task<HealthReport> HealthAsync(string rid, string? asOf, CancellationToken ct);

    /// <summary>How well all tracked repositories are.</summary>
    [Get("api/health")]
    Task<Page<HealthReport>> AllHealthAsync(CancellationToken ct);

    /// <summary>The reports that are kept, the newest first.</summary>
    [Get("api/reports")]
    Task<Page<ReportLine>> ReportsAsync(CancellationToken ct);

    /// <summary>One report as <c>text</c>, <c>markdown</c> or <c>html</c>.</summary>
    [Get("api/reports/{kind}/{day}/{form}")]
    Task<string> ReportTextAsync(string kind, string day, string form, CancellationToken ct);

    /// <summary>One report: of a day, or of <c>now</c>, which keeps nothing and tells nobody.</summary>
    [Get("api/reports/{kind}/{day}")]
    Task<ReportDocument> ReportAsync(string kind, string day, CancellationToken ct);

    /// <summary>Coverage of a default branch and its trend.</summary>
    [Get("api/coverage/{rid}")]
    Task<CoverageReport> CoverageAsync(string rid, int days, CancellationToken ct);
    /// <summary>Coverage of all tracked repositories that report it.</summary>
    [Get("api/coverage")]
    Task<Page<CoverageReport>> AllCoverageAsync(int days, CancellationToken ct);
    /// <summary>What is raised or about to be; with <paramref name="all"/> also what was lately.</summary>
    [Get("alerts")]
    Task<Page<Alert>> AlertsAsync(bool all, CancellationToken ct);
    /// <summary>The rules of alerts.</summary>
    [Get("alerts/rules")]
    Task<Page<AlertRule>> AlertRulesAsync(CancellationToken ct);

    /// <summary>How the promises stand.</summary>
    [Get("api/promises")]
    Task<PromisesReport> PromisesAsync(int days, string? asOf, CancellationToken ct);
    /// <summary>A command of the command line succeeded.</summary>
    [Post("api/commands")]
    Task RanAsync([Body] CommandRun run, CancellationToken ct);

    /// <summary>Something was deployed; the same report again is the same deployment.</summary>
    [Post("api/deployments")]
    Task<DeploymentReport> DeployedAsync([Body] DeploymentReport report, CancellationToken ct);

    /// <summary>What is live fails.</summary>
    [Post("api/failures")]
    Task<FailureReport> FailedAsync([Body] FailureReport report, CancellationToken ct);

    /// <summary><c>recover</c>, <c>reopen</c> or <c>dismiss</c>.</summary>
    [Post("api/failures/{rid}/{id}/{verb}")]
    Task TransitionAsync(string rid, string id, string verb, [Body] FailureTransition transition, CancellationToken ct);
}

/// <summary>What every service with messages answers.</summary>
public interface IMessaging
{
    /// <summary>Its handlers.</summary>
    [Get("describe")]
    Task<ServiceDescription> DescribeAsync(CancellationToken ct);

    /// <summary>Its queues.</summary>
    [Get("queues")]
    Task<Page<QueueInfo>> QueuesAsync(CancellationToken ct);

    /// <summary>What of these traces waits in its queue.</summary>
    [Get("queues/messages")]
    Task<Page<WaitingMessage>> WaitingAsync(IEnumerable<string> trace, CancellationToken ct);

    /// <summary>Messages that it gave up on.</summary>
    [Get("dead-letters")]
    Task<Page<DeadLetter>> DeadLettersAsync(CancellationToken ct);

    /// <summary>Handles these again.</summary>
    [Post("dead-letters/replay")]
    Task ReplayAsync([Query] IEnumerable<string> id, CancellationToken ct);
}

/// <summary>What the AppHost answers.</summary>
public interface IAppHost
{
    /// <summary>All programs of the instance.</summary>
    [Get("resources")]
    Task<Page<ResourceInfo>> ResourcesAsync(CancellationToken ct);
}
