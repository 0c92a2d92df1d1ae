namespace Auxo.Api.Tracing;

/// <summary>Finds what a timeline shall be about.</summary>
public static class FindSubject
{
    private const int Pages = 5;
    private const int MostFitting = 8;

    /// <summary>What somebody means by the first digits of a patch, a build, a commit or a trace, or by a repository's name.</summary>
    /// <param name="services">The services.</param>
    /// <param name="text">What was typed; null for what was built last.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="NoSubjectException">Nothing fits, or more than one thing does.</exception>
    public static async Task<TraceSubject> FindAsync(TracedServices services, string? text, CancellationToken ct)
    {
        var wanted = (text ?? "").Trim().ToLowerInvariant();
        if (text is not null && await OfRepositoryAsync(services, text.Trim(), ct) is { } newest) return newest;
        if (text is not null && (wanted.Length < 4 || wanted.Any(static c => !char.IsAsciiHexDigit(c) && c != '-')))
            throw new NoSubjectException(NoSubject.Unreadable, $"'{text}' is no patch, build, commit, trace or repository.",
                "Give at least 4 hex digits of one, or a repository's name; 'auxo ci status' and 'auxo repo list' show them.");
        if (IsTrace(wanted) && await OfTraceAsync(services, wanted, ct) is { } traced) return traced;

        var (patches, builds) = (
            services.AskAsync("ingest", () => PatchesAsync(services.Ingest, ct)),
            services.AskAsync("pipeline", () => BuildsAsync(services.Pipeline, text is null ? 1 : Pages, ct)));
        await Task.WhenAll(patches, builds);
        var (known, built) = ((await patches).Value ?? [], (await builds).Value ?? []);
        if ((await patches).Error is { } silent && (await builds).Error is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(silent);
        if (text is null)
        {
            return built is [var newestOfAll, ..]
                ? await OfBuildAsync(services, newestOfAll, ct)
                : throw new NoSubjectException(NoSubject.Unknown, "There is no build yet, so there is nothing to trace.",
                    "Push something to a tracked repository, or 'auxo ci build'; 'auxo status' says why a push has no build.");
        }

        switch (Fitting(wanted, known, built))
        {
            case [{ Kind: "patch" } patch]:
                return await OfPatchAsync(
                    services, patch.Rid!, patch.Id, patch.Repository!,
                    known.FirstOrDefault(p => p.Info.PatchId == patch.Id)?.Info.Title ?? patch.Builds[0].Title, ct);
            case [{ Kind: "commit" } commit]:
                return await OfCommitAsync(services, commit.Builds[0], ct);
            case [var one]:
                return one;
            case []:
                return IsTrace(wanted)
                    ? new TraceSubject("trace", wanted, Rid: null, Patch: null, [], Repository: null, Title: null)
                    : throw Unknown(text, known, built, (await patches).Error is not null, (await builds).Error is not null);
            case var several:
                throw new NoSubjectException(NoSubject.Ambiguous, $"'{text}' fits {several.Count} things.", "Say more digits:\n"
                    + string.Join('\n', several.Take(MostFitting).Select(static f => $"{f.Kind,-7}{f.Id}  {f.Head}")))
                {
                    Fitting = [.. several.Take(MostFitting)],
                };
        }
    }

    /// <summary>One patch, of which all is known.</summary>
    /// <exception cref="NoSubjectException">No service that answers knows it.</exception>
    public static async Task<TraceSubject> PatchAsync(TracedServices services, string rid, string patch, CancellationToken ct)
    {
        var (patches, repositories) = (
            services.AskAsync("ingest", () => services.Ingest.PatchesAsync(rid, ct)),
            services.AskAsync("ingest", () => services.Ingest.RepositoriesAsync(ct)));
        var builds = await OfAsync(
            services, () => services.Pipeline.BuildsAsync(rid, patch, commit: null, limit: 50, after: null, ct));
        var info = (await patches).Value?.Items.FirstOrDefault(p => p.PatchId == patch);
        if (info is null && builds.Count == 0)
        {
            throw new NoSubjectException(
                (await patches).Error is null ? NoSubject.Unknown : NoSubject.Unasked, $"No patch {patch} of {rid} is known.",
                "'auxo status' shows the patches that Auxo has seen.");
        }

        var name = (await repositories).Value?.Items.FirstOrDefault(r => r.Rid == rid)?.Name
            ?? (builds is [var newest, ..] ? newest.RepositoryName : null);
        return new TraceSubject("patch", patch, rid, patch, builds, name, info?.Title ?? builds[0].Title);
    }

    /// <summary>What was built last of the repository that is called so; null when none is.</summary>
    private static async Task<TraceSubject?> OfRepositoryAsync(TracedServices services, string name, CancellationToken ct)
    {
        var repositories = await services.AskAsync("ingest", () => services.Ingest.RepositoriesAsync(ct));
        if (repositories.Value?.Items.FirstOrDefault(r => r.Name == name || r.Rid == name) is not { } repository) return null;
        var builds = await services.Pipeline.BuildsAsync(repository.Rid, patch: null, commit: null, limit: 1, after: null, ct);
        return builds.Items is [var newest, ..]
            ? await OfBuildAsync(services, newest, ct)
            : throw new NoSubjectException(NoSubject.Unknown, $"{repository.Name} has no build yet, so there is nothing to trace.",
                "'auxo status' says why a push has no build.");
    }

    /// <summary>A whole trace id needs no search; null where no build has it.</summary>
    private static async Task<TraceSubject?> OfTraceAsync(TracedServices services, string trace, CancellationToken ct)
    {
        var found = await OfAsync(services, () => services.Pipeline.BuildsAsync(
            rid: null, patch: null, commit: null, limit: 50, after: null, ct, trace));
        return found.Where(b => b.TraceId == trace).ToList() is [var newest, ..] builds ? Traced(trace, newest, builds) : null;
    }

    private static Task<TraceSubject> OfBuildAsync(TracedServices services, Build build, CancellationToken ct)
        => build.PatchId is { } patch
            ? OfPatchAsync(services, build.Rid, patch, build.RepositoryName, build.Title, ct) : OfCommitAsync(services, build, ct);

    private static async Task<TraceSubject> OfPatchAsync(
        TracedServices services, string rid, string patch, string repository, string title, CancellationToken ct)
        => new(
            "patch", patch, rid, patch,
            await OfAsync(services, () => services.Pipeline.BuildsAsync(rid, patch, commit: null, limit: 50, after: null, ct)),
            repository, title);

    private static async Task<TraceSubject> OfCommitAsync(TracedServices services, Build build, CancellationToken ct)
        => new(
            "commit", build.Commit, build.Rid, Patch: null,
            await OfAsync(services, () => services.Pipeline.BuildsAsync(build.Rid, patch: null, build.Commit, limit: 50, after: null, ct)),
            build.RepositoryName, build.Title);

    private static TraceSubject Traced(string trace, Build newest, IReadOnlyList<Build> builds)
        => new("trace", trace, newest.Rid, newest.PatchId, builds, newest.RepositoryName, newest.Title);

    private static bool IsTrace(string wanted) => wanted.Length == 32 && wanted.All(char.IsAsciiHexDigit);

    private static List<TraceSubject> Fitting(string wanted, IReadOnlyList<KnownPatch> known, IReadOnlyList<Build> built)
    {
        bool Fits(string? id) => id?.StartsWith(wanted, StringComparison.Ordinal) == true;
        var all = new List<TraceSubject>();
        all.AddRange(known.Where(p => Fits(p.Info.PatchId)).Select(Patch));
        all.AddRange(built.Where(b => Fits(b.PatchId))
            .GroupBy(static b => b.PatchId!, StringComparer.Ordinal).Where(g => all.TrueForAll(a => a.Id != g.Key))
            .Select(static g => new TraceSubject("patch", g.Key, g.First().Rid, g.Key, [.. g], g.First().RepositoryName, Title: null))
            .ToList());
        all.AddRange(built.Where(b => Fits(b.Id))
            .Select(static b => new TraceSubject("build", b.Id, b.Rid, b.PatchId, [b], b.RepositoryName, b.Title)));
        all.AddRange(built.Where(b => Fits(b.Commit)).GroupBy(static b => (b.Rid, b.Commit)).Select(static g => new TraceSubject(
            "commit", g.Key.Commit, g.Key.Rid, Patch: null, [.. g], g.First().RepositoryName, g.First().Title)));
        all.AddRange(built.Where(b => wanted.Length >= 6 && Fits(b.TraceId)).GroupBy(static b => b.TraceId!, StringComparer.Ordinal)
            .Select(static g => Traced(g.Key, g.First(), [.. g])));

        // A revision that was never built is found by its patch.
        all.AddRange(known.Where(p => p.Info.Revisions?.Any(r => Fits(r.Head) || Fits(r.Id)) == true
            && all.TrueForAll(a => a.Id != p.Info.PatchId && (a.Kind != "commit" || a.Rid != p.Info.Rid))).Select(Patch).ToList());
        return all;
    }

    private static TraceSubject Patch(KnownPatch patch)
        => new("patch", patch.Info.PatchId, patch.Info.Rid, patch.Info.PatchId, [], patch.Repository, Title: null);

    private static NoSubjectException Unknown(
        string text, IReadOnlyList<KnownPatch> known, IReadOnlyList<Build> built, bool noPatches, bool noBuilds)
    {
        var unasked = string.Join(" and ", new[] { noPatches ? "ingest" : null, noBuilds ? "the pipeline" : null }.OfType<string>());
        var message = $"No patch, build, commit or trace that Auxo knows begins with '{text}'.";
        return unasked.Length > 0
            ? new NoSubjectException(NoSubject.Unasked, message, $"But {unasked} could not be asked: 'auxo status' says why.")
            : new NoSubjectException(NoSubject.Unknown, message,
                "'auxo ci status' shows builds; 'auxo status' says of every branch and patch why it "
                    + "has none; is its repository tracked ('auxo repo list')?")
            {
                Known = [.. known.Select(static p => p.Info.PatchId[..7]), .. built.Select(static b => b.Short)],
            };
    }

    private static async Task<IReadOnlyList<Build>> OfAsync(TracedServices services, Func<Task<Page<Build>>> ask)
        => (await services.AskAsync("pipeline", ask)).Value?.Items ?? [];

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
