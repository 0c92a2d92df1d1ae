using System.Globalization;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Copies;

/// <summary>
/// A working copy, the node's storage behind it, and whose key writes. The storage is read here, with all signatures verified; git and
/// rad do the writing.
/// </summary>
internal sealed class RadicleCopy : IAsyncDisposable
{
    private const int MostCommits = 20;

    private RadicleCopy(UserPrograms programs, UserCopy work, RadicleHome home, Did own, RadicleRepository storage)
        => (Programs, Work, Home, Own, Storage) = (programs, work, home, own, storage);

    public UserPrograms Programs { get; }

    public UserCopy Work { get; }

    public RadicleHome Home { get; }

    /// <summary>The user's own key.</summary>
    public Did Own { get; }

    public RadicleRepository Storage { get; }

    public Rid Rid => Work.Rid;

    /// <summary>Its name, its delegates and its default branch.</summary>
    public required RadicleIdentity Identity { get; init; }

    public required string DefaultBranch { get; init; }

    /// <summary>Where the delegates are together; null where nobody has pushed yet.</summary>
    public required CommitId? Canonical { get; init; }

    /// <exception cref="CliException">There is no working copy, no profile, or no such repository in the storage.</exception>
    public static async Task<RadicleCopy> OpenAsync(Session session, CancellationToken ct)
    {
        var programs = new UserPrograms(session.Host);
        var work = await UserCopy.FindAsync(programs, session.Host.WorkingFolder, ct);
        var (home, own) = await ProfileAsync(session.Host, ct);
        var storage = await OpenStorageAsync(home, work.Rid, ct);
        try
        {
            var identity = await storage.ReadIdentityAsync(ct);
            return new RadicleCopy(programs, work, home, own, storage)
            {
                Identity = identity,
                DefaultBranch = identity.DefaultBranch
                    ?? throw new CliException(ExitCode.Usage, $"{work.Rid} is no project: it has no default branch."),
                Canonical = await storage.CanonicalHeadAsync(ct),
            };
        }
        catch
        {
            await storage.DisposeAsync();
            throw;
        }
    }

    /// <summary>The user's profile of Radicle and its key.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static async Task<(RadicleHome Home, Did Own)> ProfileAsync(CliHost host, CancellationToken ct)
    {
        var search = RadicleHome.Find(host.Variable);
        if (search is not RadicleHomeSearch.Found { Home: var home })
            throw new CliException(
                ExitCode.Usage, search is RadicleHomeSearch.Absent absent ? absent.Reason : "There is no Radicle profile.",
                "Make one: rad auth. Or say where it is: RAD_HOME.");
        return await RadProgram.OwnerAsync(home, ct) is { } own
            ? (home, own)
            : throw new CliException(ExitCode.Usage, $"There is no Radicle key in {home.Path}.", "Make one: rad auth");
    }

    /// <summary>A repository of the profile's storage.</summary>
    /// <exception cref="CliException">It is not there, or cannot be read.</exception>
    public static async Task<RadicleRepository> OpenStorageAsync(RadicleHome home, Rid rid, CancellationToken ct)
    {
        try
        {
            return await RadicleRepository.OpenAsync(home.RepositoryPath(rid), ct);
        }
        catch (NotRadicleException e)
        {
            throw new CliException(
                ExitCode.Negative, $"Your Radicle storage does not have {rid}: {e.Message}",
                $"Let your node get it: rad seed {rid} --scope all", e);
        }
    }

    /// <summary>A patch by its id.</summary>
    /// <exception cref="CliException">It is not here, or is broken.</exception>
    public async Task<RadiclePatch> PatchAsync(PatchId id, CancellationToken ct)
    {
        try
        {
            return await Storage.ReadPatchAsync(id, ct)
                ?? throw new CliException(
                    ExitCode.Negative, $"There is no patch {id.Value[..7]} here.",
                    "'auxo patch list' shows them; rad sync --fetch gets new ones.");
        }
        catch (CobFormatException e)
        {
            throw new CliException(ExitCode.Negative, $"Patch {id.Value[..7]} cannot be read: {e.Message}", inner: e);
        }
    }

    /// <summary>
    /// The user's own open patch, or draft, whose head is what is checked out; null for none. The branch need not follow it.
    /// </summary>
    public async Task<PatchId?> HeadOfPatchAsync(CancellationToken ct)
    {
        var folder = $"refs/namespaces/{Own.Nid}/refs/heads/patches/";
        if (Work.Status.Head is not { } head) return null;
        var listed = await GitCommand.AskAsync(Storage.Path, ct, "for-each-ref", "--format=%(refname)", "--points-at", head, folder) ?? "";
        foreach (var name in listed.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (PatchId.TryParse(name[folder.Length..], provider: null, out var id)
                && await Storage.ReadPatchAsync(id, ct) is { State.Status: PatchStatus.Open or PatchStatus.Draft } patch
                && patch.Latest.Head.Value == head) return id;
        }

        return null;
    }

    /// <summary>Git, with the storage's objects at hand: what is not fetched yet can be looked at too.</summary>
    public Task<ProgramRun> LookAsync(CancellationToken ct, params IReadOnlyList<string> arguments)
        => Programs.GitWithAsync(Work.Top, Path.Combine(Storage.Path, "objects"), ct, arguments);

    /// <summary>True when <paramref name="commit"/> contains <paramref name="ancestor"/>, or is it.</summary>
    public async Task<bool> ContainsAsync(string commit, string ancestor, CancellationToken ct)
        => commit == ancestor || (await LookAsync(ct, "merge-base", "--is-ancestor", ancestor, commit)).Succeeded;

    /// <summary>Where two lines of work part; null where they have nothing in common.</summary>
    public async Task<string?> MergeBaseAsync(string one, string other, CancellationToken ct)
        => await LookAsync(ct, "merge-base", one, other) is { Succeeded: true } run ? run.Line : null;

    /// <summary>The commits of <paramref name="to"/> that <paramref name="from"/> does not have.</summary>
    public async Task<CommitRange> CommitsAsync(string? from, string to, CancellationToken ct)
    {
        var range = from is null ? to : $"{from}..{to}";
        var count = (await LookAsync(ct, "rev-list", "--count", range, "--")).Must().Line;
        var listed = (await LookAsync(
            ct, "log", "--no-show-signature", "--no-color", $"--max-count={MostCommits}", "--format=%H %s", range, "--")).Must().Output;
        return new CommitRange(
            int.Parse(count, NumberStyles.None, CultureInfo.InvariantCulture),
            [.. listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line
                => new CommitLine(line[..40], line.Length > 41 ? line[41..] : ""))]);
    }

    public ValueTask DisposeAsync() => Storage.DisposeAsync();
}
