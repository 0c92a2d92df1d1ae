using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Trace;

/// <summary>What a timeline is about.</summary>
/// <param name="Kind"><c>patch</c>, <c>build</c>, <c>commit</c> or <c>trace</c>.</param>
/// <param name="Id">Its whole id.</param>
/// <param name="Rid">The repository; null when no service that answers knows it.</param>
/// <param name="Patch">The patch that it belongs to; null for none.</param>
/// <param name="Builds">Its builds, the newest first.</param>
/// <param name="Head">For people: name of the repository and title.</param>
internal sealed record TraceSubject(string Kind, string Id, string? Rid, string? Patch, IReadOnlyList<Build> Builds, string Head)
{
    private const int Pages = 5;

    /// <summary>The traces by which services that know neither patch nor build are asked.</summary>
    public IReadOnlyList<string> Traces
        => [.. Builds.Select(static b => b.TraceId)
            .Append(Kind == "trace" ? Id : null).OfType<string>().Where(static t => t.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>Finds what is meant among patches, builds, commits and traces.</summary>
    /// <exception cref="CliException">Nothing fits, or more than one thing does; or no service that could know it answers.</exception>
    public static async Task<TraceSubject> FindAsync(Clients clients, string? text, CancellationToken ct)
    {
        var wanted = (text ?? "").Trim().ToLowerInvariant();
        if (text is not null && await OfRepositoryAsync(clients, text.Trim(), ct) is { } newest) return newest;
        if (text is not null && (wanted.Length < 4 || wanted.Any(static c => !char.IsAsciiHexDigit(c) && c != '-')))
            throw new CliException(ExitCode.Usage, $"'{text}' is no patch, build, commit, trace or repository.",
                "Give at least 4 hex digits of one, or a repository's name; 'auxo ci status' and 'auxo repo list' show them.");

        var patches = Attempt.OfAsync("ingest", () => PatchesAsync(clients.Ingest, ct));
        var builds = Attempt.OfAsync("pipeline", () => BuildsAsync(clients.Pipeline, text is null ? 1 : Pages, ct));
        await Task.WhenAll(patches, builds);
        var (known, built) = ((await patches).Value ?? [], (await builds).Value ?? []);
        if ((await patches).Error is { } silent && (await builds).Error is not null) throw silent;
        if (text is null)
        {
            return built is [var newestOfAll, ..]
                ? await OfBuildAsync(clients, newestOfAll, ct)
                : throw new CliException(ExitCode.Negative, "There is no build yet, so there is nothing to trace.",
                    "Push something to a tracked repository, or 'auxo ci run'; 'auxo status' says why a push has no build.");
        }

        var found = Candidates(wanted, known, built);
        if (found.Count > 1)
        {
            throw new CliException(
                ExitCode.Usage, $"'{text}' fits {found.Count} things.", "Say more digits:\n"
                    + string.Join('\n', found.Take(8).Select(static f => $"{f.Kind,-7}{f.Id}  {f.Head}")));
        }

        if (found.Count == 0 && wanted.Length == 32 && !wanted.Contains('-', StringComparison.Ordinal)) return new TraceSubject(
            "trace", wanted, null, null, [], "");
        if (found is not [var one])
        {
            var unasked = string.Join(" and ", new[] { (await patches).Error is null
                ? null
                : "ingest", (await builds).Error is null ? null : "the pipeline" }.OfType<string>());
            throw new CliException(
                unasked.Length == 0
                    ? ExitCode.Negative
                    : ExitCode.Unreachable, $"No patch, build, commit or trace that Auxo knows begins with '{text}'.",
                unasked.Length > 0 ? $"But {unasked} could not be asked: 'auxo status' says why."
                    : Suggestions.Nearest(wanted, [.. known.Select(static p => p.Info.PatchId[..7]),
                        .. built.Select(static b => b.Short)]) is { } near ? $"Did you mean {near}?"
                    : "'auxo ci status' shows builds; 'auxo status' says of every branch and patch why it "
                        + "has none; is its repository tracked ('auxo repo list')?");
        }

        return one.Kind switch
        {
            "patch" => await OfPatchAsync(clients, one.Rid!, one.Id, known.FirstOrDefault(p => p.Info.PatchId == one.Id)?.Info.Title
                ?? one.Builds[0].Title, one.Head, ct),
            "commit" when one.Builds.Count > 0 => await OfCommitAsync(clients, one.Builds[0], ct),
            _ => one,
        };
    }

    /// <summary>What was built last of the repository that is called so; null when none is.</summary>
    private static async Task<TraceSubject?> OfRepositoryAsync(Clients clients, string name, CancellationToken ct)
    {
        var repositories = await Attempt.OfAsync("ingest", () => clients.Ingest.RepositoriesAsync(ct));
        if (repositories.Value?.Items.FirstOrDefault(r => r.Name == name || r.Rid == name) is not { } repository) return null;
        var builds = await clients.Pipeline.BuildsAsync(repository.Rid, patch: null, commit: null, limit: 1, after: null, ct);
        return builds.Items is [var newest, ..]
            ? await OfBuildAsync(clients, newest, ct)
            : throw new CliException(ExitCode.Negative, $"{repository.Name} has no build yet, so there is nothing to trace.",
                "'auxo status' says why a push has no build.");
    }

    private static Task<TraceSubject> OfBuildAsync(Clients clients, Build build, CancellationToken ct)
        => build.PatchId is { } patch
            ? OfPatchAsync(clients, build.Rid, patch, build.Title, build.RepositoryName, ct) : OfCommitAsync(clients, build, ct);

    private static List<TraceSubject> Candidates(string wanted, IReadOnlyList<KnownPatch> known, IReadOnlyList<Build> built)
    {
        bool Fits(string? id) => id?.StartsWith(wanted, StringComparison.Ordinal) == true;
        var all = new List<TraceSubject>();
        all.AddRange(known.Where(p => Fits(p.Info.PatchId))
            .Select(static p => new TraceSubject("patch", p.Info.PatchId, p.Info.Rid, p.Info.PatchId, [], p.Repository)));
        all.AddRange(built.Where(b => Fits(b.PatchId))
            .GroupBy(static b => b.PatchId!, StringComparer.Ordinal).Where(g => all.TrueForAll(a => a.Id != g.Key))
            .Select(static g => new TraceSubject("patch", g.Key, g.First().Rid, g.Key, [.. g], g.First().RepositoryName)).ToList());
        all.AddRange(built.Where(b => Fits(b.Id)).Select(static b => new TraceSubject("build", b.Id, b.Rid, b.PatchId, [b], Headline(b))));
        all.AddRange(built.Where(b => Fits(b.Commit)).GroupBy(static b => (b.Rid, b.Commit))
            .Select(static g => new TraceSubject("commit", g.Key.Commit, g.Key.Rid, null, [.. g], Headline(g.First()))));
        all.AddRange(built.Where(b => wanted.Length >= 6 && Fits(b.TraceId)).GroupBy(static b => b.TraceId!, StringComparer.Ordinal)
            .Select(static g => new TraceSubject("trace", g.Key, g.First().Rid, g.First().PatchId, [.. g], Headline(g.First()))));

        // A revision that was never built is found by its patch.
        all.AddRange(known.Where(p => p.Info.Revisions?.Any(r => Fits(r.Head) || Fits(r.Id)) == true
            && all.TrueForAll(a => a.Id != p.Info.PatchId && (a.Kind != "commit" || a.Rid != p.Info.Rid)))
            .Select(static p => new TraceSubject("patch", p.Info.PatchId, p.Info.Rid, p.Info.PatchId, [], p.Repository)).ToList());
        return all;
    }

    private static async Task<TraceSubject> OfPatchAsync(
        Clients clients, string rid, string patch, string title, string repository, CancellationToken ct)
        => new("patch", patch, rid, patch, await OfAsync(()
            => clients.Pipeline.BuildsAsync(rid, patch, commit: null, limit: 50, after: null, ct)), $"{repository}  {title}");

    private static async Task<TraceSubject> OfCommitAsync(Clients clients, Build build, CancellationToken ct)
        => new("commit", build.Commit, build.Rid, null, await OfAsync(()
            => clients.Pipeline.BuildsAsync(build.Rid, patch: null, build.Commit, limit: 50, after: null, ct)), Headline(build));

    private static string Headline(Build build) => $"{build.RepositoryName}  {Words.Subject(build)}  {build.Title}";

    private static async Task<IReadOnlyList<Build>> OfAsync(Func<Task<Page<Build>>> ask)
        => (await Attempt.OfAsync("pipeline", ask)).Value?.Items ?? [];

    private static async Task<IReadOnlyList<Build>> BuildsAsync(IPipeline pipeline, int pages, CancellationToken ct)
    {
        var builds = new List<Build>();
        string? after = null;
        for (var i = 0; i < pages; i++)
        {
            var page = await pipeline.BuildsAsync(rid: null, patch: null, commit: null, limit: pages == 1 ? 1 : 200, after, ct);
            builds.AddRange(page.Items);
            if ((after = page.Next) is null) break;
        }

        return builds;
    }

    private static async Task<IReadOnlyList<KnownPatch>> PatchesAsync(IIngest ingest, CancellationToken ct)
    {
        var repositories = (await ingest.RepositoriesAsync(ct)).Items;
        var patches = await Task.WhenAll(
            repositories.Select(async r => (await ingest.PatchesAsync(r.Rid, ct)).Items.Select(p => new KnownPatch(r.Name, p))));
        return [.. patches.SelectMany(static p => p)];
    }

    private sealed record KnownPatch(string Repository, PatchInfo Info);
}
