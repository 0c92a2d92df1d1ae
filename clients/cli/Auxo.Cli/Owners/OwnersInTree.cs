using Auxo.Cli.WorkingCopies;
using Auxo.Git;
using Auxo.Owners;

namespace Auxo.Cli.Owners;

/// <summary>What the work tree says of owners, changes that are not committed included.</summary>
/// <param name="File">Its CODEOWNERS.</param>
/// <param name="People">Its <c>people.yaml</c>; null when there is none.</param>
/// <param name="Paths">All its files, except those that git ignores.</param>
/// <param name="Unread">Further CODEOWNERS files.</param>
/// <param name="Merge">Its <c>merge.yaml</c>; null when there is none.</param>
internal sealed record OwnersInTree(
    OwnersFile File, PeopleFile? People, IReadOnlyList<string> Paths, IReadOnlyList<string> Unread, MergeFile? Merge)
{
    /// <summary>Reads them.</summary>
    /// <exception cref="CliException">There is no CODEOWNERS.</exception>
    public static async Task<OwnersInTree> ReadAsync(WorkingCopy copy, OwnersSyntax? syntax, CancellationToken ct)
    {
        var places = OwnersPlaces.Of(syntax).Where(p => Exists(copy, p)).ToList();
        if (places.Count == 0) throw new CliException(
            ExitCode.Negative, $"There is no CODEOWNERS in {copy.Top}; places are {string.Join(", ", OwnersPlaces.Of(syntax))}.",
            "Make one: auxo owners assign PATH… @OWNER…");
        var content = await OrdinaryFile.ReadAsync(Path.Combine(copy.Top, places[0]), ct) ?? throw new CliException(
            ExitCode.Negative, $"{places[0]} is a link that leads nowhere.", "Make what it leads to, or remove it.");
        return new OwnersInTree(
            OwnersFile.Read(places[0], content, syntax), await PeopleAsync(copy, ct), await PathsAsync(copy, ct),
            [.. OwnersPlaces.All.Where(p => Exists(copy, p)).Except(places[..1], StringComparer.Ordinal)],
            await MergeAsync(copy, ct));
    }

    private static async Task<MergeFile?> MergeAsync(WorkingCopy copy, CancellationToken ct)
        => Exists(copy, MergeFile.Path)
            ? MergeFile.Read(await System.IO.File.ReadAllBytesAsync(Path.Combine(copy.Top, MergeFile.Path), ct)) : null;

    private static async Task<PeopleFile?> PeopleAsync(WorkingCopy copy, CancellationToken ct)
        => await OrdinaryFile.ReadAsync(Path.Combine(copy.Top, PeopleFile.Path), ct) is { } content ? PeopleFile.Read(content) : null;

    private static async Task<IReadOnlyList<string>> PathsAsync(WorkingCopy copy, CancellationToken ct)
        => [.. (await GitCommand.RunAsync(copy.Top,
            ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"], ct))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(p => Exists(copy, p))];

    private static bool Exists(WorkingCopy copy, string path) => Path.Exists(Path.Combine(copy.Top, path));
}
