using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Auxo.Cli.Demo;

/// <summary>
/// Two throw-away Radicle nodes on loopback, isolated from the network and from the user's own: alice is the delegate and runs
/// Auxo, bob proposes.
/// </summary>
internal sealed partial class DemoNodes(string folder) : DemoPeople
{
    private readonly Node _alice = new(folder, "alice");
    private readonly Node _bob = new(folder, "bob");
    private string _rid = "";
    private string _patch = "";

    public override string Location => _rid;

    public override bool HasPatches => true;

    public override IReadOnlyDictionary<string, string> Environment => _alice.Environment;

    public override IReadOnlyList<string> Trusted => ["did:key:" + _bob.Nid];

    public override async Task StartAsync(CancellationToken ct)
    {
        await _alice.StartAsync(ct);
        await _bob.StartAsync(ct);
        await _bob.RadAsync(folder, ct, "node", "connect", $"{_alice.Nid}@{_alice.Address}", "--timeout", "10s");

        Directory.CreateDirectory(_alice.Tree);
        await _alice.Program.RunAsync(_alice.Tree, ct, "git", "init", "-q", "-b", "main");
        DemoFiles.Write(_alice.Tree, DemoFiles.Start);
        await CommitAsync(_alice.Program, _alice.Tree, "Start demo", ct);
        await _alice.RadAsync(_alice.Tree, ct, "init", "--name", "demo", "--description", "A demo of Auxo",
            "--default-branch", "main", "--private", "--no-confirm", "--scope", "all");
        _rid = (await _alice.RadAsync(_alice.Tree, ct, "inspect", "--rid")).Trim();
        await _alice.RadAsync(folder, ct, "id", "update", "--repo", _rid, "--title", "Let bob in", "--description", "",
            "--allow", "did:key:" + _bob.Nid, "--no-confirm", "-q");
        await _bob.RadAsync(folder, ct, "clone", _rid, _bob.Tree, "--seed", _alice.Nid, "--scope", "all", "--timeout", "20s");
    }

    public override async Task<string> ProposeAsync(string title, IReadOnlyDictionary<string, string> files, CancellationToken ct)
    {
        await _bob.Program.RunAsync(_bob.Tree, ct, "git", "checkout", "-q", "-b", "greeting", "rad/main");
        DemoFiles.Write(_bob.Tree, files);
        var head = await CommitAsync(_bob.Program, _bob.Tree, title, ct);
        var said = await _bob.Program.TalkAsync(_bob.Tree, ct, "git", "push", "rad", "-o", "patch.message=" + title, "HEAD:refs/patches");
        _patch = Opened().Match(said.Errors).Groups["id"].Value;
        return head;
    }

    public override async Task<string> ReviseAsync(string title, IReadOnlyDictionary<string, string> files, CancellationToken ct)
    {
        DemoFiles.Write(_bob.Tree, files);
        var head = await CommitAsync(_bob.Program, _bob.Tree, title, ct);
        await _bob.Program.RunAsync(
            _bob.Tree, ct, "git", "push", "-f", "rad", "-o", "patch.message=" + title, "HEAD:refs/heads/patches/" + _patch);
        return head;
    }

    public override async Task<string> MergeAsync(CancellationToken ct)
    {
        await _alice.RadAsync(_alice.Tree, ct, "patch", "checkout", _patch, "--force");
        await _alice.Program.RunAsync(_alice.Tree, ct, "git", "checkout", "-q", "main");
        await _alice.Program.RunAsync(_alice.Tree, ct, "git", "merge", "-q", "--no-edit", "patch/" + _patch[..7]);
        await _alice.Program.RunAsync(_alice.Tree, ct, "git", "push", "-q", "rad", "main:refs/heads/main");
        return (await _alice.Program.RunAsync(_alice.Tree, ct, "git", "rev-parse", "HEAD")).Trim();
    }

    public override async Task<string?> ReadCommentAsync(string footer, CancellationToken ct)
    {
        var shown = JsonNode.Parse(
            await _bob.RadAsync(folder, ct, "cob", "show", "--repo", _rid, "--type", "xyz.radicle.patch", "--object", _patch));
        return shown!["revisions"]!.AsObject().SelectMany(revision => revision.Value!["discussion"]!["comments"]!.AsObject())
            // What stands at a line is a part of the verdict, and has its footer too.
            .Select(comment => comment.Value is null || comment.Value["location"] is not null ? null : (string?)comment.Value["body"])
            .FirstOrDefault(body => body?.Contains(footer, StringComparison.Ordinal) == true);
    }

    public override async ValueTask DisposeAsync()
    {
        await _bob.DisposeAsync();
        await _alice.DisposeAsync();
    }

    [GeneratedRegex("Patch (?<id>[0-9a-f]{40}) opened", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Opened();

    [GeneratedRegex(@"Listening on (?<address>127\.0\.0\.1:\d+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();

    private sealed class Node : IAsyncDisposable
    {
        private readonly string _home;
        private readonly string _socket;
        private Process? _process;

        public Node(string folder, string alias)
        {
            (Alias, Tree, _home, _socket) = (
                alias, Path.Combine(folder, "work", alias, "demo"), Path.Combine(folder, alias), Path.Combine(folder, "s-" + alias));
            var variables = Identity(folder, alias);
            (variables["RAD_HOME"], variables["RAD_SOCKET"], variables["RAD_PASSPHRASE"]) = (_home, _socket, "");
            Environment = variables;
            Program = new DemoProgram(folder, variables);
        }

        public string Alias { get; }

        public string Tree { get; }

        public IReadOnlyDictionary<string, string> Environment { get; }

        public DemoProgram Program { get; }

        public string Nid { get; private set; } = "";

        public string Address { get; private set; } = "";

        public Task<string> RadAsync(string tree, CancellationToken ct, params string[] arguments)
            => Program.RunAsync(tree, ct, ["rad", .. arguments]);

        public async Task StartAsync(CancellationToken ct)
        {
            await RadAsync(Program.Folder, ct, "auth", "--alias", Alias);
            Nid = (await RadAsync(Program.Folder, ct, "self", "--did")).Trim()["did:key:".Length..];
            await File.WriteAllTextAsync(
                Path.Combine(_home, "config.json"),
                $$"""
                {
                  "preferredSeeds": [], "cli": { "hints": false },
                  "node": {
                    "alias": "{{Alias}}", "network": "test", "listen": [], "connect": [],
                    "peers": { "type": "static" }, "seedingPolicy": { "default": "block" }
                  }
                }
                """, ct);
            _process = Program.Start(Program.Folder, "radicle-node", "--force", "--listen", "127.0.0.1:0");
            _process.StandardInput.Close();
            var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _process.OutputDataReceived += Read;
            _process.ErrorDataReceived += Read;
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            Address = await listening.Task.WaitAsync(TimeSpan.FromSeconds(20), ct);
            // It says that it listens to its peers before it can be spoken to.
            for (var waited = 0; !File.Exists(_socket) && waited < 2000; waited++) await Task.Delay(
                TimeSpan.FromMilliseconds(10), TimeProvider.System, ct);

            void Read(object sender, DataReceivedEventArgs line)
            {
                if (line.Data is not null && Listening().Match(line.Data) is { Success: true } match) listening.TrySetResult(
                    match.Groups["address"].Value);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_process is not null) await DemoProgram.EndAsync(_process, TimeSpan.FromSeconds(10));
        }
    }
}
