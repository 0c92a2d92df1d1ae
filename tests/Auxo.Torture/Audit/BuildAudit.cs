using Auxo.Torture.Load;

namespace Auxo.Torture.Audit;

/// <summary>A build as its stream tells it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Rid">The repository.</param>
/// <param name="Trigger">Why it was built.</param>
/// <param name="Patch">The patch; null without one.</param>
/// <param name="Commit">What was built.</param>
/// <param name="Outcome">The verdict; null while it waits for approval.</param>
/// <param name="Kept">How many files it kept.</param>
/// <param name="Trusted">True when its author was trusted.</param>
internal sealed record AuditedBuild(
    string Id, string Rid, string Trigger, string? Patch, string Commit, string? Outcome, int Kept, bool Trusted);

/// <summary>Exactly one build per commit and reason, one verdict per build, nothing after the verdict, one comment per patch.</summary>
internal static class BuildAudit
{
    private sealed record Happened(string Stream, string Type, string? Rid, string? Trigger, string? Patch,
        string? Commit, string? Step, string? Outcome, string? Trust);

    /// <summary>Audits; returns all builds.</summary>
    public static async Task<IReadOnlyList<AuditedBuild>> RunAsync(World world, InstanceDatabase database, Findings findings)
    {
        var streams = (await database.RowsAsync(
            """
            select stream_id, type, data->'subject'->>'rid', data->'subject'->>'trigger', data->'subject'->>'patchId',
                   data->'subject'->>'commit',
                   coalesce(data->'result'->>'step', data->>'tool', (data->>'step') || '/' || (data->'artifact'->>'name')),
                   data->>'outcome', data->>'trust'
            from pipeline.mt_events where stream_id like 'build/%' order by stream_id, version
            """,
            static row
                => new Happened(row.GetString(0), row.GetString(1), Text(row, 2), Text(row, 3), Text(row, 4),
                    Text(row, 5), Text(row, 6), Text(row, 7), Text(row, 8))))
            .GroupBy(static e => e.Stream, StringComparer.Ordinal).Select(static g => g.ToList()).ToList();
        var builds = streams.ConvertAll(stream => Audit(stream, findings));

        findings.Once("pipeline", world.Ledger.Patches.Select(static p => $"{p.Build}"), builds.Select(static b => b.Id), "build");
        foreach (var twin in builds.GroupBy(static b => (b.Rid, b.Trigger, b.Patch, b.Commit)).Where(static g => g.Count() > 1))
            findings.Double("pipeline", $"builds of {twin.Key}: {string.Join(", ", twin.Select(static b => b.Id))}");
        var outcomes = builds.ToDictionary(static b => b.Id, static b => b.Outcome, StringComparer.Ordinal);
        foreach (var patch in world.Ledger.Patches.Where(
            p => p.Outcome is not null && outcomes.TryGetValue($"{p.Build}", out var got) && got != p.Outcome))
            findings.Wrong("pipeline", $"build {patch.Build} deserved {patch.Outcome} and got {outcomes[$"{patch.Build}"]}");
        foreach (var build in builds.Where(static b => b is { Trigger: "Branch", Outcome: not ("Passed" or "Superseded") })) findings.Wrong(
            "pipeline", $"build {build.Id} of a good commit got {build.Outcome}");
        foreach (var (storage, _) in world.Storages)
        {
            var head = new PushedCommit(storage.Rid, storage.Head).Build.ToString();
            if (!builds.Exists(b => b.Id == head)) findings.Lose(
                "pipeline", $"build {head} of the default branch's head {storage.Head} of {storage.Rid}");
        }

        // What ingest saw of a branch was told, and what was told was built.
        var seen = await database.RowsAsync(
            "select substr(stream_id, 6), data->>'new' from ingest.mt_events where type = 'branch_advanced'", static row
                => new PushedCommit(row.GetString(0), row.GetString(1)));
        findings.Once("pipeline", seen.Select(static c => $"{c.Build}"), builds.Where(static b => b.Trigger == "Branch")
            .Select(static b => b.Id), "build of a branch");
        foreach (var (acknowledged, what, due) in ((IEnumerable<Guid>, string, string)[])[
            (world.Ledger.Approved, "approved", "Passed"), (world.Ledger.Cancelled, "cancelled", "Cancelled")])
        {
            foreach (var id in acknowledged.Select(static g => $"{g}").Where(id => outcomes.GetValueOrDefault(id) != due))
                findings.Lose("pipeline", $"build {id} was {what}, and is {outcomes.GetValueOrDefault(id) ?? "not at its end"}");
        }

        await CommentsAsync(world, database, builds, findings);
        return builds;
    }

    private static AuditedBuild Audit(List<Happened> stream, Findings findings)
    {
        var (first, id) = (stream[0], stream[0].Stream["build/".Length..]);
        if (first.Type != "build_queued") findings.Wrong("pipeline", $"build {id} begins with {first.Type}");
        // A build that is carried on after a crash is started again, and so is the step that was cut off; a result there is only one of.
        foreach (var twice in stream.Where(static e => e.Type is not ("build_started" or "build_step_started"))
            .GroupBy(static e => (e.Type, e.Step)).Where(static g => g.Count() > 1))
            findings.Double("pipeline", $"{twice.Key.Type} {twice.Key.Step} of build {id}, {twice.Count()} times");
        var end = stream.FindIndex(static e => e.Type == "build_finished");
        if (end >= 0 && end < stream.Count - 1) findings.Double(
            "pipeline", $"build {id} went on after its verdict: {string.Join(", ", stream.Skip(end + 1).Select(static e => e.Type))}");
        return new AuditedBuild(
            id, first.Rid ?? "", first.Trigger ?? "", first.Patch, first.Commit ?? "", end < 0
                ? null
                : stream[end].Outcome, stream.Count(static e => e.Type == "build_artifact_produced"), first.Trust == "Trusted");
    }

    private static async Task CommentsAsync(World world, InstanceDatabase database, List<AuditedBuild> builds, Findings findings)
    {
        var wanted = builds.Where(static b => b is { Patch: not null, Outcome: not (null or "Superseded") }).Select(static b => b.Id);
        findings.Once(
            "ingest", wanted, await database.TextsAsync("select build_id::text from ingest.comment_outbox where final"), "verdict for");
        if (world.Lab is not { } lab) return;
        foreach (var patch in world.Ledger.Patches.Where(static p => p.Node))
        {
            var shown = await lab.Nodes[0].PatchJsonAsync(patch.Rid, patch.Patch, CancellationToken.None);
            var footer = $"auxo · build {Contracts.BuildId.Short(patch.Build)}";
            var times = System.Text.Json.Nodes.JsonNode.Parse(shown)!["revisions"]!.AsObject()
                .SelectMany(static revision => revision.Value!["discussion"]!["comments"]!.AsObject())
                .Count(comment => comment.Value?["location"] is null
                    && comment.Value?["body"]?.ToString().Contains(footer, StringComparison.Ordinal) == true);
            if (times == 0) findings.Lose("ingest", $"comment of build {patch.Build} on patch {patch.Patch}");
            if (times > 1) findings.Double("ingest", $"comment of build {patch.Build} on patch {patch.Patch}, {times} times");
        }
    }

    private static string? Text(Npgsql.NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
