using Auxo.Owners;

namespace Auxo.Pipeline.Owners;

/// <summary>What the canonical branch says of the owners of a patch.</summary>
/// <param name="Change">Who they are.</param>
/// <param name="OtherChannels">Channels of people and groups that are not asked: those of other files, and the author.</param>
public sealed record PatchOwners(ChangeOwners Change, IReadOnlyList<string> OtherChannels)
{
    /// <summary>A patch of more files is the business of everybody; the first are looked at.</summary>
    private const int MostFiles = 1000;
    private const int MostChannels = 1000;

    /// <summary>
    /// Reads the files of owners at the canonical branch, never those of the patch: a stranger wrote it, and would name herself.
    /// </summary>
    /// <param name="objects">The repository.</param>
    /// <param name="canonical">The head of its default branch.</param>
    /// <param name="changed">The paths that the patch changes; asked for only when there is somebody to name.</param>
    /// <param name="author">Who signed the revision.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>Null when there is no CODEOWNERS, or it is not known what changed.</returns>
    public static async Task<PatchOwners?> ReadAsync(
        GitObjects objects, CommitId canonical, Func<Task<IReadOnlyList<string>?>> changed, Did? author, CancellationToken ct)
    {
        if (await FileAsync(objects, canonical, ct) is not { } file || await changed() is not { } paths) return null;
        var people = await TextAsync(objects, $"{canonical}:{PeopleFile.Path}", PeopleFile.MostBytes, ct) is { } text
            ? PeopleFile.Read(text.Span)
            : PeopleFile.Empty;
        return Decide(file, people, paths, author);
    }

    /// <summary>Who is asked, and whom that leaves alone.</summary>
    /// <param name="file">The owners.</param>
    /// <param name="people">Who is behind them.</param>
    /// <param name="paths">What changed.</param>
    /// <param name="author">Who signed the revision.</param>
    public static PatchOwners Decide(OwnersFile file, PeopleFile people, IReadOnlyList<string> paths, Did? author)
    {
        var owners = OwnersOfChange.Count(file, paths.Take(MostFiles));
        var asked = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (owner, _) in owners.Owners)
        {
            if (people.Find(owner) is { } named) asked.Add(named.Handle);
            asked.UnionWith(people.Members(owner).Select(static p => p.Handle));
        }

        var channels = people.People.Where(p => asked.Contains(p.Handle) && (p.Did is null || p.Did != author))
            .Select(static p => p.Channel).ToHashSet(StringComparer.Ordinal);
        return new PatchOwners(
            new ChangeOwners(
                [.. owners.Owners.Take(ChangeOwners.Most).Select(static o => new OwnerOfFiles(o.Owner, o.Files))],
                    owners.Owners.Count, owners.Unowned),
            [.. people.People.Select(static p => p.Channel).OfType<string>().Distinct(StringComparer.Ordinal)
                .Where(c => !channels.Contains(c)).Take(MostChannels)]);
    }

    /// <summary>The file of owners at a commit; null when it has none.</summary>
    internal static async Task<OwnersFile?> FileAsync(GitObjects objects, CommitId canonical, CancellationToken ct)
    {
        foreach (var place in OwnersPlaces.All)
        {
            if (await TextAsync(objects, $"{canonical}:{place}", OwnersFile.MostBytes, ct) is { } content)
                return OwnersFile.Read(place, content.Span);
        }

        return null;
    }

    private static async Task<ReadOnlyMemory<byte>?> TextAsync(GitObjects objects, string name, int most, CancellationToken ct)
    {
        try
        {
            // A plain null would become an empty text here.
            return await objects.ReadAsync(name, ct, most) is { Type: "blob" } blob ? blob.Data : default(ReadOnlyMemory<byte>?);
        }
        catch (GitObjectTooLargeException)
        {
            return null;
        }
    }
}
