using Auxo.Radicle;

namespace Auxo.Cli.Repositories.Starting;

/// <summary>
/// Makes a git repository one of Radicle. It is made out of sight of the node, so that nothing can be told to anybody before the
/// identity document has been read back and says what was wanted.
/// </summary>
internal sealed class RadicleStart(Session session, UserProgram program)
{
    /// <summary>No node listens there: <c>rad</c> works with the storage alone.</summary>
    private static readonly Dictionary<string, string> WithoutNode = new(StringComparer.Ordinal) { ["RAD_SOCKET"] = "/dev/null" };

    /// <summary>The user's profile.</summary>
    /// <exception cref="CliException">There is none, or no <c>rad</c>.</exception>
    public RadicleHome Profile()
    {
        const string without = "Or without Radicle: --no-radicle";
        foreach (var name in (string[])["rad", "git-remote-rad"])
            if (!program.IsThere(name)) throw new CliException(
                ExitCode.Negative, $"{name} is not on PATH.", $"Install Radicle (https://radicle.xyz/download).\n{without}");
        return RadicleHome.Find(session.Host.Variable) switch
        {
            RadicleHomeSearch.Found { Home: var home } => home,
            RadicleHomeSearch.Absent { Reason: var reason } => throw new CliException(ExitCode.Negative, reason, without),
            RadicleHomeSearch.Refused { Reason: var reason } => throw new CliException(ExitCode.Negative, reason, without),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>Makes it, reads it back, and lets the node have it.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="CliException"><c>rad</c> failed, or it is not what was wanted: then nothing was pushed.</exception>
    public async Task<string> RunAsync(
        RadicleHome home, string folder, NewRepository repository, bool isPublic, string scope, CancellationToken ct)
    {
        var visibility = isPublic ? "--public" : "--private";
        string[] init =
        [
            "rad", "init", "--name", repository.Name, "--description", repository.Description, "--default-branch", "main", visibility,
            "--no-confirm", "--no-seed", "--scope", scope,
        ];
        try
        {
            await program.RunAsync(folder, WithoutNode, ct, init);
        }
        catch (CliException e)
        {
            throw new CliException(
                e.Code, e.Message, $"The repository in {folder} is whole, but not on Radicle. When that is mended, in it:\n"
                    + $"rad init {visibility} --default-branch main --name {repository.Name}");
        }

        return await ShareAsync(home, folder, isPublic, scope, ct);
    }

    private async Task<string> ShareAsync(RadicleHome home, string folder, bool isPublic, string scope, CancellationToken ct)
    {
        var rid = (await program.RunAsync(folder, WithoutNode, ct, "rad", "inspect", "--rid")).Trim();
        await ReadBackAsync(home, rid, isPublic, ct);
        try
        {
            await program.RunAsync(folder, ct, "rad", "seed", rid, "--scope", scope, "--no-fetch");
            // rad init has put the branch into the storage; this is what tells others.
            await program.RunAsync(folder, ct, "git", "push", "--no-verify", "--quiet", "rad", "main");
        }
        catch (CliException e)
        {
            throw new CliException(
                e.Code, e.Message, $"{rid} is made, in {folder}, and nobody was told of it. When that is mended, in it:\n"
                    + $"rad seed {rid} --scope {scope} --no-fetch && git push --no-verify rad main", e);
        }

        return rid;
    }

    /// <summary>From the storage and with its signatures, not from what <c>rad</c> says of it.</summary>
    private static async Task ReadBackAsync(RadicleHome home, string rid, bool isPublic, CancellationToken ct)
    {
        IdentityDocument document;
        try
        {
            await using var repository = await RadicleRepository.OpenAsync(home.RepositoryPath(Contracts.Rid.Parse(rid)), ct);
            document = (await repository.ReadIdentityAsync(ct)).Document;
        }
        catch (Exception e) when (e is NotRadicleException or CobFormatException or Git.GitException)
        {
            throw new CliException(
                ExitCode.Negative, $"Who may read {rid} could not be read back, so nothing was pushed: {e.Message}",
                $"Look: rad inspect --identity {rid}");
        }

        if (document.IsPrivate != isPublic && (isPublic || document.Allowed.Count == 0)) return;
        var (wanted, found) = (isPublic ? "public" : "private", document.IsPrivate ? "private" : "public");
        var others = document.Allowed.Count == 0 ? "" : ", with others who may read it";
        throw new CliException(
            ExitCode.Negative, $"{rid} was to be {wanted} and is {found}{others}. Nothing was pushed and nobody was told.",
            $"It is not seeded. Look: rad inspect --identity {rid}\nThen: rad id update --repo {rid} --visibility {wanted}");
    }
}
