using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

using Auxo.Benchmarks.Measuring;
using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Benchmarks.Sides;

/// <summary>A whole Auxo beside alice's node: the built AppHost with a data folder and ports of its own.</summary>
internal sealed partial class AuxoSide : Side
{
    private AuxoSide(RadicleLab lab, NodeEar ear, AuxoInstance instance) : base(lab, ear) => Instance = instance;

    /// <summary>The instance.</summary>
    public AuxoInstance Instance { get; }

    /// <summary>Starts nodes and Auxo.</summary>
    public static async Task<AuxoSide> StartAsync(CancellationToken ct)
    {
        var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var alice = lab.Nodes[0];
        try
        {
            var instance = await AuxoInstance.StartAsync(new Dictionary<string, string>
            {
                ["RAD_HOME"] = alice.Home, ["RAD_SOCKET"] = alice.Socket, ["RAD_PASSPHRASE"] = "",
                // As './auxo up' sets it.
                ["DOTNET_GCgen0size"] = "200000",
            });
            return new AuxoSide(lab, await NodeEar.OpenAsync(alice.Socket, ct), instance);
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task<DateTimeOffset> FirstCommandAsync(SideRepository repository, Subject subject, CancellationToken ct)
    {
        // The log itself, as the step writes it: asking over HTTP would put the asking into the figure.
        var log = Path.Combine(Instance.Home, "logs", "builds", BuildOf(repository, subject).ToString(), "stamp.log");
        return Poll.UntilAsync(() => Task.FromResult(File.Exists(log) ? StampIn(File.ReadAllText(log)) : null),
            $"the first command of {subject.Commit.Short} on Auxo", ct);
    }

    /// <inheritdoc/>
    public override Task<bool> HasVerdictAsync(VerdictReader at, SideRepository repository, Subject subject, CancellationToken ct)
        => at.HasCommentAndJobAsync(subject, $"auxo · build {BuildId.Short(BuildOf(repository, subject))}", ct);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await Instance.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>The time that the command printed; null when it has not yet.</summary>
    internal static DateTimeOffset? StampIn(string text)
        => Stamp().Match(text) is { Success: true } match
            ? DateTimeOffset.UnixEpoch.AddMicroseconds(
                long.Parse(match.Groups["s"].Value + match.Groups["us"].Value, CultureInfo.InvariantCulture))
            : null;

    /// <inheritdoc/>
    protected override async Task FollowAsync(LabRepository repository, CancellationToken ct)
    {
        using var answer = await Instance.Client("ingest")
            .PostAsJsonAsync("/repositories", new { location = repository.Rid, trusted = new[] { $"did:key:{Bob.Nid}" } }, ct);
        answer.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    protected override Task<DateTimeOffset> EndedAsync(SideRepository repository, Subject subject, CancellationToken ct)
        => Poll.UntilAsync(async () => Time(await BuildAsync(repository, subject, ct), "finishedAt"),
            $"the build of {subject.Commit.Short} ends", ct, everyMilliseconds: 20);

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<(string Stage, TimeSpan Took)>> StagesAsync(
        SideRepository repository, Run run, CancellationToken ct)
    {
        var build = await BuildAsync(repository, run.Subject, ct);
        var refs = await Instance.Client("ingest")
            .GetFromJsonAsync<JsonElement>($"/repositories/{Uri.EscapeDataString(repository.Rid)}/refs", ct);
        var seen = refs.GetProperty("items").EnumerateArray().Where(r => r.GetProperty("commit").GetString() == run.Subject.Commit.Value)
            .Select(static r => Time(r, "seenAt")).FirstOrDefault();
        if (seen is not { } seenAt || Time(build, "queuedAt") is not { } queued || Time(build, "startedAt") is not { } started) return [];
        List<(string, TimeSpan)> stages =
        [
            ("event → storage read (ingest)", seenAt - run.Told), (
                "→ fact committed, taken from the queue, planned (pipeline)", queued - seenAt),
            ("→ build committed, taken by the runner", started - queued), (
                "→ checked out, sandbox made, first command", run.FirstCommand - started),
            ("→ all steps and checks ended, verdict decided", run.Ended - run.FirstCommand),
        ];
        return stages;
    }

    /// <inheritdoc/>
    protected override string NativePipeline() => "shell: |\n  true\n";

    private static Guid BuildOf(SideRepository repository, Subject subject)
        => subject.Patch is { } patch
            ? BuildId.For(Rid.Parse(repository.Rid), subject.Commit, BuildTrigger.Patch, patch.Value, attempt: 1)
            : BuildId.For(Rid.Parse(repository.Rid), subject.Commit, BuildTrigger.Branch, "main", attempt: 1);

    private async Task<JsonElement> BuildAsync(SideRepository repository, Subject subject, CancellationToken ct)
        => await Instance.Client("pipeline").GetFromJsonAsync<JsonElement>($"/builds/{BuildOf(repository, subject)}", ct);

    private static DateTimeOffset? Time(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetDateTimeOffset() : null;

    [GeneratedRegex(
        @"^stamp (?<s>\d+)[.,](?<us>\d{6})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Stamp();
}
