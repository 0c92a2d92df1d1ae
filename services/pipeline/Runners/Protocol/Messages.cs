using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Running;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>A runner asks for work, and says of itself what nobody else knows.</summary>
/// <param name="Session">This process of it; another one has lost what the last one had.</param>
/// <param name="Holding">The builds that it works on.</param>
/// <param name="Room">How many more it takes.</param>
/// <param name="Capacity">How many it takes at once.</param>
/// <param name="Given">Its system and processor.</param>
/// <param name="Sandbox">What holds steps in there.</param>
/// <param name="Version">Of its program.</param>
internal sealed record WorkQuestion(
    Guid Session, IReadOnlyList<Guid> Holding, int Room, int Capacity, IReadOnlyList<string> Given, string Sandbox, string Version);

/// <summary>What it is answered.</summary>
/// <param name="State">Whether it gets work.</param>
/// <param name="Order">A build; null when there was none.</param>
internal sealed record WorkAnswer(RunnerState State, WorkOrder? Order);

/// <summary>The steps of a build, for a runner.</summary>
/// <param name="Lease">Stands in every call about it.</param>
/// <param name="LeaseSeconds">After so long without an answer it stops by itself.</param>
/// <param name="Build">As it stands: its plan, its results.</param>
/// <param name="Before">The machine that had it before; null for none.</param>
/// <param name="Secrets">The values that its steps are given.</param>
/// <param name="Refusals">Why a step is not given a secret, by step.</param>
/// <param name="LogLengths">How much of the log of each step is here already.</param>
internal sealed record WorkOrder(
    Guid Lease, double LeaseSeconds, Build Build, string? Before, IReadOnlyDictionary<string, string> Secrets,
    IReadOnlyDictionary<string, string> Refusals, IReadOnlyDictionary<string, long> LogLengths)
{
    /// <summary>What its steps have of the registry; null for nothing, and from a pipeline that knows of none.</summary>
    public OrderedRegistry? Registry { get; init; }

    /// <summary>Says nothing of the values, wherever it is printed.</summary>
    public override string ToString() => $"{nameof(WorkOrder)} {Build.BuildId}";
}

/// <summary>What steps over there have of the registry; the way to it is through the pipeline.</summary>
/// <param name="Token">The token of the build; null where they have none.</param>
/// <param name="Repositories">What package programs are set up for.</param>
/// <param name="Refusal">Why they have none.</param>
internal sealed record OrderedRegistry(string? Token, IReadOnlyList<StepRepository> Repositories, string? Refusal)
{
    /// <summary>As the pipeline has decided; null where steps hear nothing of a registry.</summary>
    public static OrderedRegistry? Of(RegistryGrant grant)
        => grant is { Given: null, Refusal: null } ? null
            : new OrderedRegistry(grant.Given?.Token, grant.Given?.Repositories ?? [], grant.Refusal);

    /// <summary>Says nothing of the token, wherever it is printed.</summary>
    public override string ToString() => nameof(OrderedRegistry);
}

/// <summary>How a lease stands.</summary>
/// <param name="State"><c>held</c>, <c>not_yet</c>, <c>done</c>, <c>stopped</c> or <c>lost</c>.</param>
internal sealed record LeaseAnswer(string State);

/// <summary>How much of a log is here.</summary>
internal sealed record LogAnswer(long Length);

/// <summary>Results of steps, and the steps that begin.</summary>
internal sealed record ReportsBody(IReadOnlyList<StepReport> Reports, IReadOnlyList<string> Next)
{
    /// <summary>As many findings as the pipeline takes of one step.</summary>
    public const int MostFindings = 5000;

    /// <summary>So much of a message is for findings; the rest is for tests and coverage, which have bounds of their own.</summary>
    private const int MostBytesOfFindings = 4 << 20;

    /// <summary>The same with no more findings than a message can carry: of each step the first, which are the worst.</summary>
    public static ReportsBody Fitting(IReadOnlyList<StepReport> reports, IReadOnlyList<string> next)
    {
        var left = MostBytesOfFindings;
        return new ReportsBody(
            [.. reports.Select(report => report with { Findings = [.. report.Findings.Take(MostFindings).TakeWhile(Fits)] })], next);

        bool Fits(Finding finding)
            => (left -= JsonSerializer.SerializeToUtf8Bytes(finding, RunnerJson.Default.Finding).Length) > 0;
    }
}

/// <summary>Why a runner gives a build back.</summary>
/// <param name="Reason">One line.</param>
/// <param name="IsFault">It cannot do it; false when it only goes.</param>
internal sealed record GiveBackBody(string Reason, bool IsFault);

/// <summary>How the two sides write what only they read: as the store does, since a build is in it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(WorkQuestion))]
[JsonSerializable(typeof(WorkAnswer))]
[JsonSerializable(typeof(LeaseAnswer))]
[JsonSerializable(typeof(LogAnswer))]
[JsonSerializable(typeof(ReportsBefore))]
[JsonSerializable(typeof(ReportsBody))]
[JsonSerializable(typeof(GiveBackBody))]
internal sealed partial class RunnerJson : JsonSerializerContext;

/// <summary>
/// What a runner sends is input from outside, since it runs the code of others: a member that is missing or null is refused.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, MaxDepth = 16)]
[JsonSerializable(typeof(WorkQuestion))]
[JsonSerializable(typeof(ReportsBody))]
[JsonSerializable(typeof(GiveBackBody))]
internal sealed partial class RunnerInputJson : JsonSerializerContext;
