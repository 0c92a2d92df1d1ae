using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;

namespace Auxo.Cli.Nodes.Fixing;

/// <summary>
/// A branch in one's own namespace that proves that pushes arrive: it changes nobody's canonical branch, and is removed
/// again. It is pushed from a folder of its own, so no working copy is touched.
/// </summary>
internal sealed class TestBranch : IDisposable
{
    private readonly UserPrograms _programs;
    private readonly string _work;
    private readonly string _url;
    private readonly string _ref;

    private TestBranch(UserPrograms programs, string work, string url, string name)
        => (_programs, _work, _url, _ref) = (programs, work, url, "refs/heads/" + name);

    /// <exception cref="CliException">git does not do it.</exception>
    public static async Task<TestBranch> OpenAsync(UserPrograms programs, Rid rid, Did own, string name,
        CancellationToken ct)
    {
        var branch = new TestBranch(
            programs, Directory.CreateTempSubdirectory("auxo-push-").FullName, $"rad://{rid.Bare}/{own.Nid}", name);
        _ = (await programs.GitAsync(branch._work, ct, "init", "-q")).Must();
        return branch;
    }

    /// <summary>Pushes what is the tip of a branch of the storage.</summary>
    /// <exception cref="CliException">It was not pushed.</exception>
    public async Task PushHeadAsync(string storage, string branch, CancellationToken ct)
    {
        _ = (await _programs.GitAsync(_work, ct, "fetch", "-q", storage, "refs/heads/" + branch)).Must();
        await PushAsync("FETCH_HEAD");
    }

    /// <summary>Pushes an empty commit with this message in the place of what was pushed before.</summary>
    /// <exception cref="CliException">It was not pushed.</exception>
    public async Task PushNoteAsync(string message, CancellationToken ct)
    {
        var tree = (await _programs.GitAsync(_work, ct, "write-tree")).Must().Line;
        var commit = (await _programs.GitAsync(
            _work, ct, "-c", "user.name=auxo", "-c", "user.email=auxo@localhost", "commit-tree", "-m", message, tree))
                .Must().Line;
        await PushAsync(commit);
    }

    /// <summary>Takes it out of the namespace again.</summary>
    /// <exception cref="CliException">It is still there.</exception>
    public async Task RemoveAsync() =>
        _ = (await _programs.PushAsync(_work, ["-o", "no-sync", _url, ":" + _ref])).Must();

    /// <summary>Takes an older one out of the namespace, which a run that was killed left there.</summary>
    public Task RemoveAsync(string name) => _programs.PushAsync(_work, ["-o", "no-sync", _url, ":refs/heads/" + name]);

    public void Dispose() => Directory.Delete(_work, recursive: true);

    // Announced by its caller through the node's socket: rad's own announcing waits seconds for peers that do not
    // answer.
    private async Task PushAsync(string what)
        => _ = (await _programs.PushAsync(_work, ["-f", "-o", "no-sync", _url, $"{what}:{_ref}"])).Must();
}
