namespace Auxo.Cli.Demo;

/// <summary>Who plays, and with what: two Radicle nodes where the programs are installed, else one plain git repository.</summary>
internal abstract class DemoPeople : IAsyncDisposable
{
    /// <summary>What Auxo follows.</summary>
    public abstract string Location { get; }

    /// <summary>True when there are patches.</summary>
    public abstract bool HasPatches { get; }

    /// <summary>What the AppHost must know of them.</summary>
    public abstract IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Makes everything.</summary>
    public abstract Task StartAsync(CancellationToken ct);

    /// <summary>Who is not a delegate, and trusted all the same.</summary>
    public abstract IReadOnlyList<string> Trusted { get; }

    /// <summary>Proposes a change; the head that is to be built.</summary>
    public abstract Task<string> ProposeAsync(string title, IReadOnlyDictionary<string, string> files, CancellationToken ct);

    /// <summary>Changes the proposal; the next head.</summary>
    public abstract Task<string> ReviseAsync(string title, IReadOnlyDictionary<string, string> files, CancellationToken ct);

    /// <summary>Brings it to the default branch; its head.</summary>
    public abstract Task<string> MergeAsync(CancellationToken ct);

    /// <summary>What stands on the proposal on the proposer's own node; null when there is no such thing (yet).</summary>
    public abstract Task<string?> ReadCommentAsync(string footer, CancellationToken ct);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Commits everything in a work tree; the commit.</summary>
    protected static async Task<string> CommitAsync(DemoProgram program, string tree, string message, CancellationToken ct)
    {
        await program.RunAsync(tree, ct, "git", "add", "-A");
        await program.RunAsync(tree, ct, "git", "commit", "-q", "-m", message);
        return (await program.RunAsync(tree, ct, "git", "rev-parse", "HEAD")).Trim();
    }

    /// <summary>An environment in which nobody's configuration counts.</summary>
    protected static Dictionary<string, string> Identity(string home, string alias) => new(StringComparer.Ordinal)
    {
        ["HOME"] = home,
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_AUTHOR_NAME"] = alias,
        ["GIT_AUTHOR_EMAIL"] = alias + "@example.org",
        ["GIT_COMMITTER_NAME"] = alias,
        ["GIT_COMMITTER_EMAIL"] = alias + "@example.org",
        ["EDITOR"] = "false",
    };
}
