using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Local;

/// <summary>
/// What stands in a work tree now, as a commit in a repository of its own beside it: nothing of the real one is changed, not its index,
/// not its refs, not its objects.
/// </summary>
/// <param name="Top">The top folder of the work tree.</param>
/// <param name="Repository">The bare repository with the commit; it borrows the objects of the real one.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Branch">The branch that is checked out; null for none.</param>
/// <param name="Base">What it is compared with; null where there is nothing to compare with.</param>
internal sealed record WorkingTree(string Top, string Repository, CommitId Commit, string? Branch, CommitId? Base)
{
    /// <summary>It is a commit as it is, without what stands uncommitted.</summary>
    public bool IsCommit { get; init; }

    /// <summary>Whose commits are made of it.</summary>
    internal static readonly Dictionary<string, string> Author = new(StringComparer.Ordinal)
    {
        ["GIT_AUTHOR_NAME"] = "working tree", ["GIT_AUTHOR_EMAIL"] = "",
        ["GIT_COMMITTER_NAME"] = "working tree", ["GIT_COMMITTER_EMAIL"] = "",
    };

    /// <summary>Takes it.</summary>
    /// <param name="folder">Some folder of the work tree.</param>
    /// <param name="baseName">What to compare with, as git names it; null for the upstream branch, else the default branch.</param>
    /// <param name="place">An empty folder.</param>
    /// <param name="home">Of its owner, whose own git configuration says what else is ignored; null for none.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="LocalException">The folder is no work tree, or there is no such base.</exception>
    public static async Task<WorkingTree> TakeAsync(string folder, string? baseName, string place, string? home, CancellationToken ct)
    {
        var top = await TopAsync(folder, ct);
        try
        {
            var repository = await BorrowingAsync(top, place, ct);
            // With the real index git need not read again what has not changed.
            var index = await PathAsync(top, "index", ct);
            if (File.Exists(index)) File.Copy(index, Path.Combine(repository, "index"));
            var exclude = await PathAsync(top, Path.Combine("info", "exclude"), ct);
            if (File.Exists(exclude)) File.Copy(exclude, Path.Combine(repository, "info", "exclude"), overwrite: true);
            var head = await GitCommand.AskAsync(top, ct, "rev-parse", "--verify", "--quiet", "HEAD^{commit}");
            var commit = await CommitAllAsync(repository, top, head, home, ct);
            var branch = await GitCommand.AskAsync(top, ct, "symbolic-ref", "--short", "--quiet", "HEAD");
            return new WorkingTree(top, repository, commit, branch, await BaseAsync(top, baseName, head, ct));
        }
        catch (GitException e)
        {
            throw new LocalException(PlainText.OneLine(e.Message, 300));
        }
    }

    /// <summary>Takes a commit of it instead.</summary>
    /// <param name="folder">Some folder of the work tree.</param>
    /// <param name="name">The commit, as git names it.</param>
    /// <param name="branch">The branch or tag that it is taken for; null for none.</param>
    /// <param name="baseName">What to compare with, as git names it; null for the usual.</param>
    /// <param name="place">An empty folder.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="LocalException">The folder is no work tree, or there is no such commit.</exception>
    public static async Task<WorkingTree> OfCommitAsync(
        string folder, string name, string? branch, string? baseName, string place, CancellationToken ct)
    {
        var top = await TopAsync(folder, ct);
        var commit = await CommitAsync(top, name, ct)
            ?? throw new LocalException($"There is no commit '{PlainText.OneLine(name, 100)}'.");
        var from = await BaseAsync(top, baseName, commit.Value, ct);
        return new WorkingTree(top, await BorrowingAsync(top, place, ct), commit, branch, from) { IsCommit = true };
    }

    /// <summary>Takes a folder as it is, whether git knows it or not: what it ignores is left out, and nothing is compared.</summary>
    /// <inheritdoc cref="TakeAsync"/>
    public static async Task<WorkingTree> TakeFolderAsync(string folder, string place, string? home, CancellationToken ct)
    {
        if (!Directory.Exists(folder)) throw new LocalException($"There is no folder {folder}.");
        if (await GitCommand.AskAsync(folder, ct, "rev-parse", "--show-toplevel") is { Length: > 0 })
            return await TakeAsync(folder, baseName: null, place, home, ct);
        try
        {
            var repository = await EmptyAsync(place, ct);
            var commit = await CommitAllAsync(repository, folder, head: null, home, ct);
            return new WorkingTree(Path.TrimEndingDirectorySeparator(folder), repository, commit, Branch: null, Base: null);
        }
        catch (GitException e)
        {
            throw new LocalException(PlainText.OneLine(e.Message, 300));
        }
    }

    /// <summary>Which Radicle repository a folder is of, as its remote <c>rad</c> says it; null where it has none.</summary>
    public static async Task<Rid?> RidAsync(string folder, CancellationToken ct)
    {
        const string scheme = "rad://";
        return await GitCommand.AskAsync(folder, ct, "config", "--get", "remote.rad.url") is { } url
            && url.StartsWith(scheme, StringComparison.Ordinal)
            && Rid.TryParse("rad:" + url[scheme.Length..].Split('/')[0], provider: null, out var rid) ? rid : null;
    }

    private static async Task<string> TopAsync(string folder, CancellationToken ct)
        => !Directory.Exists(folder) ? throw new LocalException($"There is no folder {folder}.")
            : await GitCommand.AskAsync(folder, ct, "rev-parse", "--show-toplevel") is { Length: > 0 } top ? top
            : throw await NoneAsync(folder, ct);

    /// <summary>The folder is in no work tree, or git says why it refuses it.</summary>
    internal static async Task<LocalException> NoneAsync(string folder, CancellationToken ct)
        => new(await GitLocation.FaultAsync(folder, ct) is { } words
            ? $"git refuses to read the repository at {folder}: {PlainText.OneLine(words, 500)}"
            : $"{folder} is in no work tree of a git repository. Go into one, or name it.");

    /// <summary>An empty repository that sees the objects of the real one.</summary>
    private static async Task<string> BorrowingAsync(string top, string place, CancellationToken ct)
    {
        var repository = await EmptyAsync(place, ct);
        await BorrowAsync(repository, await PathAsync(top, "objects", ct), ct);
        return repository;
    }

    /// <summary>Lets a repository see the objects in another one's folder of them.</summary>
    internal static Task BorrowAsync(string repository, string objects, CancellationToken ct)
        => File.WriteAllTextAsync(Path.Combine(repository, "objects", "info", "alternates"), objects + "\n", ct);

    /// <summary>A bare repository with nothing in it.</summary>
    internal static async Task<string> EmptyAsync(string place, CancellationToken ct)
    {
        var repository = Path.Combine(place, "tree.git");
        await GitCommand.RunAsync(place, ["init", "--quiet", "--bare", "--object-format=sha1", repository], ct);
        return repository;
    }

    private static async Task<CommitId> CommitAllAsync(string repository, string top, string? head, string? home, CancellationToken ct)
    {
        await GitCommand.RunAsync(
            top, [$"--git-dir={repository}", $"--work-tree={top}", "add", "--all", "--", "."], ct, environment: OwnersGit(home));
        var tree = (await GitCommand.RunAsync(repository, ["write-tree"], ct)).Trim();
        var commit = await GitCommand.RunAsync(
            repository, ["commit-tree", tree, .. head is null ? Array.Empty<string>() : ["-p", head], "-m", "The working tree"], ct,
            environment: Author);
        return CommitId.Parse(commit.Trim());
    }

    private static Dictionary<string, string>? OwnersGit(string? home)
        => string.IsNullOrEmpty(home)
            ? null
            : new(StringComparer.Ordinal) { ["HOME"] = home, ["GIT_CONFIG_GLOBAL"] = Path.Combine(home, ".gitconfig") };

    private static async Task<string> PathAsync(string top, string name, CancellationToken ct)
        => Path.GetFullPath((await GitCommand.RunAsync(top, ["rev-parse", "--git-path", name], ct)).TrimEnd('\n'), top);

    private static async Task<CommitId?> BaseAsync(string top, string? name, string? head, CancellationToken ct)
    {
        if (name is not null)
            return await CommitAsync(top, name, ct) ?? throw new LocalException($"There is no commit '{PlainText.OneLine(name, 100)}'.");
        foreach (var usual in (string[])["@{upstream}", "rad/main", "rad/master", "origin/HEAD", "main", "master"])
            if (await CommitAsync(top, usual, ct) is { } found) return found;
        return head is null ? null : CommitId.Parse(head);
    }

    private static async Task<CommitId?> CommitAsync(string top, string name, CancellationToken ct)
        => await GitCommand.AskAsync(top, ct, "rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}")
            is { Length: > 0 } id ? CommitId.Parse(id) : null;
}

/// <summary>Something that its reader can mend: what happened and what to do.</summary>
internal sealed class LocalException(string message) : Exception(message);
