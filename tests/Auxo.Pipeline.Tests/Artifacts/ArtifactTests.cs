using System.Diagnostics;

using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Tests.Execution;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Tests.Artifacts;

public sealed class ArtifactTests : IAsyncLifetime
{
    private readonly Bench _bench = new(Bench.Small with { ArtifactBytes = 1000, Artifacts = 20 });
    private readonly Guid _build = Guid.NewGuid();
    private Workspace _workspace = null!;
    private ArtifactStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        var commit = _bench.Commit(("out/app.js", "app"), ("out/deep/x.txt", "x"), ("out/same.txt", "x"), ("b.txt", "b"));
        _workspace = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, _build, CancellationToken.None);
        _store = new ArtifactStore(_bench.Layout, _bench.Settings);
    }

    [Fact]
    public async Task what_matches_is_kept_by_digest_under_its_path()
    {
        var (artifacts, problems) = await CollectAsync("out/**/*.txt", "out/*.js", "b.txt");
        Assert.Empty(problems);
        Assert.Equal(["b.txt", "out/app.js", "out/deep/x.txt", "out/same.txt"], artifacts.Select(static a => a.Name));
        Assert.Equal(artifacts[2].Digest, artifacts[3].Digest);
        Assert.Equal("sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", artifacts[2].Digest);
        Assert.Equal((1, "text/plain"), (artifacts[2].SizeBytes, artifacts[2].MediaType));
        Assert.Equal("x", File.ReadAllText(_store.FindBlob(artifacts[2].Digest)!));
        Assert.Equal(artifacts, (await _store.ListAsync(_build, CancellationToken.None)).Values);
        Assert.Empty(Directory.GetFiles(Path.Combine(_bench.Layout.Blobs, "incoming")));
    }

    [Fact]
    public async Task a_folders_name_means_all_in_it_and_steps_add_to_the_list()
    {
        await CollectAsync("b.txt");
        var (artifacts, problems) = await CollectAsync("out/");
        Assert.Empty(problems);
        Assert.Equal(3, artifacts.Count);
        Assert.Equal(4, (await _store.ListAsync(_build, CancellationToken.None)).Count);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("out/../../x")]
    [InlineData("a\nb")]
    [InlineData("a\\b")]
    [InlineData("")]
    public async Task a_pattern_that_leaves_the_workspace_is_refused(string pattern)
    {
        var (artifacts, problems) = await CollectAsync(pattern);
        Assert.Empty(artifacts);
        Assert.StartsWith("the pattern '", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_pattern_without_a_match_is_told()
        => Assert.Equal(["nothing matches 'dist/*.whl'"], (await CollectAsync("dist/*.whl")).Problems);

    [Fact]
    public async Task links_pipes_sockets_and_bad_names_are_refused_each_with_a_line()
    {
        var secret = Path.Combine(_bench.Folder, "secret");
        await File.WriteAllTextAsync(secret, "SECRET", CancellationToken.None);
        var t = Directory.CreateDirectory(Path.Combine(_workspace.Path, "t")).FullName;
        File.CreateSymbolicLink(Path.Combine(t, "link"), secret);
        Directory.CreateSymbolicLink(Path.Combine(t, "folder"), _bench.Folder);
        Shell($"cd '{t}' && mkfifo pipe && touch $'new\\nline' $'bad\\377' $'turned\\u202ename' 'back\\slash' good");
        var (artifacts, problems) = await CollectAsync("t", "t/link", "t/folder/secret");
        Assert.Equal(["t/good"], artifacts.Select(static a => a.Name));
        Assert.Equal(
            [
                "'t/back?slash' contains a backslash, which is a folder on other systems",
                "'t/bad?' is no valid UTF-8", "'t/folder' is a link, and links are not kept",
                "'t/link' is a link, and links are not kept", "'t/new?line' contains a control character", "'t/pipe' is no regular file",
                "'t/turned?name' contains a character that reverses text", "nothing matches 't/folder/secret'",
            ],
            problems.Select(static p => p.Replace('\\', '?').Replace('\uFFFD', '?')).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_bench.Layout.Blobs, "*", SearchOption.AllDirectories), static f
                => File.ReadAllText(f).Contains("SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public void a_file_below_a_swapped_link_is_not_opened()
    {
        Directory.CreateSymbolicLink(Path.Combine(_workspace.Path, "etc"), "/etc");
        using var file = BeneathFile.Open(_workspace.Path, "etc/passwd", out var refusal);
        Assert.Null(file);
        Assert.NotNull(refusal);
        using var up = BeneathFile.Open(_workspace.Path, "../../../../../etc/passwd", out refusal);
        Assert.Null(up);
    }

    [Fact]
    public async Task sizes_and_numbers_have_limits()
    {
        Shell($"cd '{_workspace.Path}' && mkdir n && head -c 900 /dev/zero > n/a && head -c 200 /dev/zero > n/b && "
            + "head -c 50 /dev/zero > n/c && for i in $(seq 30); do touch n/z$i; done");
        var (artifacts, problems) = await CollectAsync("n");
        Assert.Equal(20, artifacts.Count);
        Assert.Contains("only the first 20 artifacts were kept", problems);
        var (_, more) = await CollectAsync("n/a", "n/b");
        Assert.Equal(["'n/b' was not kept: a build may keep 0 MiB"], more);
        Assert.Empty(Directory.GetFiles(Path.Combine(_bench.Layout.Blobs, "incoming")));
    }

    [Theory]
    [InlineData("sha256:xyz")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../../../etc/pas")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    public void only_a_digest_is_a_digest(string digest) => Assert.Null(_store.FindBlob(digest));

    public async ValueTask DisposeAsync()
    {
        await _workspace.DisposeAsync();
        _store.Dispose();
        _bench.Dispose();
    }

    private Task<(IReadOnlyList<Auxo.Contracts.BuildArtifact> Artifacts, IReadOnlyList<string> Problems)> CollectAsync(
        params string[] patterns)
        => _store.CollectAsync(_build, _workspace, patterns, mask: null, CancellationToken.None);

    private static void Shell(string command)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { Environment = { ["LC_ALL"] = "C.UTF-8" } })!;
        bash.WaitForExit();
        Assert.Equal(0, bash.ExitCode);
    }
}
