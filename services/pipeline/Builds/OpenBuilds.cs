using Npgsql;

namespace Auxo.Pipeline.Builds;

/// <summary>Builds without a verdict, as they stand before anything is decided, oldest first.</summary>
/// <param name="Builds">They.</param>
public sealed record OpenBuilds(IReadOnlyList<Build> Builds)
{
    /// <summary>Those of a patch or a ref, or of the whole repository when none is named.</summary>
    public static async Task<OpenBuilds> LoadAsync(
        IQuerySession session, NpgsqlDataSource database, Rid rid, string? subject, CancellationToken ct)
        => await LoadAsync(session, await BuildTable.OpenAsync(database, rid, subject, ct), ct);

    /// <summary>These, as far as they are there.</summary>
    public static async Task<OpenBuilds> LoadAsync(IQuerySession session, IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        if (ids.Count == 0) return new OpenBuilds([]);
        var builds = (await session.LoadManyAsync<Build>(ct, ids.Select(Build.StreamKey))).ToDictionary(static build => build.BuildId);
        return new OpenBuilds([.. ids.Where(builds.ContainsKey).Select(id => builds[id])]);
    }

    /// <summary>The same decision on each of them.</summary>
    /// <returns>What changes, and what is sent after the commit.</returns>
    public (IReadOnlyList<BuildChange> Changes, OutgoingMessages Messages) Decide(
        Func<Build, (Events Events, OutgoingMessages Messages)> decide)
    {
        var changes = new List<BuildChange>();
        OutgoingMessages sent = [];
        foreach (var build in Builds)
        {
            var (events, messages) = decide(build);
            var change = new BuildChange(build, events);
            changes.Add(change);
            sent.AddRange(messages);
            if (change.Wake is { } wake) sent.Add(wake);
        }

        return (changes, sent);
    }
}
