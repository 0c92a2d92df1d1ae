namespace Auxo.Cli.Demo;

/// <summary>Without Radicle's programs: a plain git repository, whose branch stands for the patch.</summary>
internal sealed class DemoGit(string folder) : DemoPeople
{
    private readonly string _tree = Path.Combine(folder, "demo");
    private readonly DemoProgram _program = new(folder, Identity(folder, "you"));

    public override string Location => _tree;

    public override bool HasPatches => false;

    public override IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["RAD_HOME"] = Path.Combine(folder, "no-radicle"),
    };

    public override IReadOnlyList<string> Trusted => [];

    public override async Task StartAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(_tree);
        await _program.RunAsync(_tree, ct, "git", "init", "-q", "-b", "main");
        DemoFiles.Write(_tree, DemoFiles.Start);
        await CommitAsync(_program, _tree, "Start demo", ct);
    }

    public override Task<string> ProposeAsync(string title, IReadOnlyDictionary<string, string> files, CancellationToken ct)
        => ReviseAsync(title, files, ct);

    public override async Task<string> ReviseAsync(string title, IReadOnlyDictionary<string, string> files, CancellationToken ct)
    {
        DemoFiles.Write(_tree, files);
        return await CommitAsync(_program, _tree, title, ct);
    }

    public override async Task<string> MergeAsync(CancellationToken ct)
        => (await _program.RunAsync(_tree, ct, "git", "rev-parse", "HEAD")).Trim();

    public override Task<string?> ReadCommentAsync(string footer, CancellationToken ct) => Task.FromResult<string?>(null);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
