using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>Against real nodes; skipped where there are none.</summary>
public sealed class PatchCommentWriterTests
{
    private const string Footer = "auxo · build 3f2a1c7";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_comment_reaches_the_other_node_and_is_edited_in_place(bool locked)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (home, rid, patch, storage) = await PatchInLab.OpenAsync(lab, ct, options: "no-sync");
        await using var _ = storage;
        var writer = Writer(locked ? await LockedKey.MakeAsync(lab, home, ct) : new RadKeyAccess(null));

        var posted = await DoneAsync(writer.WriteAsync(home, storage, Request(patch, "- queued"), ct));
        Assert.Equal((CommentChange.Posted, null), (posted.Change, posted.AnnouncePending));
        var edited = await DoneAsync(writer.WriteAsync(home, storage, Request(patch, "**passed** in 1 s", posted.Comment), ct));
        Assert.Equal((CommentChange.Edited, posted.Comment), (edited.Change, edited.Comment));
        var again = await DoneAsync(writer.WriteAsync(home, storage, Request(patch, "**passed** in 1 s"), ct));
        Assert.Equal((CommentChange.None, posted.Comment), (again.Change, again.Comment));

        await Eventually.TrueAsync(
            async () => (await lab.Nodes[1].PatchJsonAsync(rid, patch.Value, ct)).Contains("**passed** in 1 s", StringComparison.Ordinal),
            "bob's node shows the comment");
        var comment = Assert.Single((await storage.ReadPatchAsync(patch, ct))!.Latest.Discussion.Standing);
        Assert.Equal(2, comment.Edits.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task space_around_the_text_is_cut_as_rad_cuts_it_and_no_edit_follows(bool locked)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var (home, _, patch, storage) = await PatchInLab.OpenAsync(lab, ct, options: "no-sync");
        await using var disposed = storage;
        var request = new CommentRequest(patch, RevisionId.Parse(patch.Value), Footer, $"\n  - passed\n\n{Footer}\n \n", null);
        var writer = Writer(locked ? await LockedKey.MakeAsync(lab, home, ct) : new RadKeyAccess(null));

        Assert.Equal(CommentChange.Posted, (await DoneAsync(writer.WriteAsync(home, storage, request, ct))).Change);
        Assert.Equal(CommentChange.None, (await DoneAsync(writer.WriteAsync(home, storage, request, ct))).Change);
        var comment = Assert.Single((await storage.ReadPatchAsync(patch, ct))!.Latest.Discussion.Standing);
        Assert.Equal($"- passed\n\n{Footer}", comment.Body);
        Assert.Single(comment.Edits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task comments_survive_other_programs_that_write_at_the_same_time(bool locked)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var (home, rid, patch, storage) = await PatchInLab.OpenAsync(lab, ct, options: "no-sync");
        await using var _ = storage;
        var writer = Writer(locked ? await LockedKey.MakeAsync(lab, home, ct) : new RadKeyAccess(null));

        // The user writes, too, by rad alone, which overwrites what came between its reading and its writing: his words may be
        // lost, which nobody here can help. What he takes of ours is there after the second look, which the outbox takes at
        // every comment.
        var user = Enumerable.Range(0, 4).Select(i
            => lab.Nodes[0].TryRadAsync(ct, "patch", "comment", patch.Value, "--repo", rid, "-m", $"user {i}", "--no-announce")).ToList();
        await WriteAllAsync();
        await Task.WhenAll(user);
        var ours = await WriteAllAsync();

        var ids = ours.Select(o => Assert.IsType<CommentWrite.Done>(o).Comment.Value).ToList();
        var standing = (await storage.ReadPatchAsync(patch, ct))!.Latest.Discussion.Standing.Where(c
            => c.Body.StartsWith("ours", StringComparison.Ordinal)).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), standing.Select(c => c.Id.Value).Order(StringComparer.Ordinal));

        Task<CommentWrite[]> WriteAllAsync() => Task.WhenAll(Enumerable.Range(0, 8).Select(i => writer.WriteAsync(
            home, storage, new CommentRequest(patch, RevisionId.Parse(patch.Value), $"build {i}.", $"ours of build {i}.", null), ct)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_comment_that_an_interrupted_rad_left_unsigned_is_signed_and_not_doubled(bool locked)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var (home, rid, patch, storage) = await PatchInLab.OpenAsync(lab, ct, options: "no-sync");
        await using var _ = storage;
        var alice = lab.Nodes[0];
        var signedRefs = $"refs/namespaces/{alice.Nid}/refs/rad/sigrefs";
        var before = (await alice.GitAsync(storage.Path, ct, "rev-parse", signedRefs)).Trim();
        var request = Request(patch, "passed");
        await alice.RadAsync(ct, "patch", "comment", patch.Value, "--repo", rid, "--no-announce", "-q", "-m", request.Body);
        await alice.GitAsync(storage.Path, ct, "update-ref", signedRefs, before);
        Assert.Empty((await storage.ReadPatchAsync(patch, ct))!.Latest.Discussion.Standing);
        var key = locked ? await LockedKey.MakeAsync(lab, home, ct) : new RadKeyAccess(null);

        Assert.IsType<CommentWrite.Done>(
            await Writer(key).WriteAsync(home, storage, request, ct));
        Assert.Equal(request.Body, Assert.Single((await storage.ReadPatchAsync(patch, ct))!.Latest.Discussion.Standing).Body);
    }

    [Fact]
    public async Task a_verdict_and_its_job_are_one_write_with_one_signature()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (home, rid, patch, storage) = await PatchInLab.OpenAsync(lab, ct, options: "no-sync");
        await using var _ = storage;
        var writer = Writer(new RadKeyAccess(null));
        var head = (await storage.ReadPatchAsync(patch, ct))!.Latest.Head;
        var build = Guid.Parse("00000000-0000-4000-8000-0000000000c1");
        var request = Request(patch, "**passed**") with
        {
            Job = new JobRequest(head, new Uri($"https://ci.example.com/builds/{build}"), build, Passed: true),
        };
        var before = await SignaturesAsync();

        Assert.Equal(CommentChange.Posted, (await DoneAsync(writer.WriteAsync(home, storage, request, ct))).Change);
        Assert.Equal(CommentChange.None, (await DoneAsync(writer.WriteAsync(home, storage, request, ct))).Change);
        Assert.IsType<JobWrite.Done>(await new JobWriter(new RadTurns(new RadKeyAccess(null), TimeProvider.System), TimeProvider.System)
            .WriteAsync(home, storage, request.Job, byProgram: false, ct));

        Assert.Equal(before + 1, await SignaturesAsync());
        Assert.Equal(JobRunStatus.Succeeded, Assert.Single(Assert.Single(await storage.ReadJobsOfAsync(head, ct)).Runs).Status);
        Assert.Single((await storage.ReadPatchAsync(patch, ct))!.Latest.Discussion.Standing);
        await Eventually.TrueAsync(
            async () => (await lab.Nodes[1].RunAsync(lab.Nodes[1].WorkTree("demo"), ct, "rad-job", "-r", rid, "list"))
                .Contains($"builds/{build}", StringComparison.Ordinal),
            "bob's rad-job shows the run");

        async Task<int> SignaturesAsync() => int.Parse(
            await lab.Nodes[0].GitAsync(
                storage.Path, ct, "rev-list", "--count", $"refs/namespaces/{lab.Nodes[0].Nid}/refs/rad/sigrefs"),
            System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task with_the_node_stopped_it_is_written_and_the_peers_wait()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var (home, _, patch, storage) = await PatchInLab.OpenAsync(lab, ct, options: "no-sync");
        await using var disposed = storage;
        await lab.Nodes[0].StopAsync();
        var writer = Writer(new RadKeyAccess(null));

        var posted = await DoneAsync(writer.WriteAsync(home, storage, Request(patch, "passed"), ct));
        Assert.Contains("not running", posted.AnnouncePending, StringComparison.Ordinal);
        await lab.Nodes[0].StartAsync(ct);
        Assert.Null((await DoneAsync(writer.WriteAsync(home, storage, Request(patch, "passed"), ct))).AnnouncePending);
    }

    [Fact]
    public async Task a_locked_key_waits_and_a_passphrase_file_opens_it()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var (home, _, patch, storage) = await PatchInLab.OpenAsync(lab, ct, options: "no-sync");
        await using var disposed = storage;
        await LockedKey.MakeAsync(lab, home, ct);
        var missing = await Writer(new RadKeyAccess(null), lab.Folder).WriteAsync(home, storage, Request(patch, "passed"), ct);
        Assert.StartsWith("rad is not installed", Assert.IsType<CommentWrite.Waiting>(missing).Reason, StringComparison.Ordinal);
        var waiting = Assert.IsType<CommentWrite.Waiting>(await WriteAsync(new RadKeyAccess(null)));
        Assert.StartsWith("key locked", waiting.Reason, StringComparison.Ordinal);

        var file = Path.Combine(lab.Folder, "passphrase");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.IsType<CommentWrite.Waiting>(await WriteAsync(new RadKeyAccess(file)))
            .Reason, StringComparison.Ordinal);

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.IsType<CommentWrite.Done>(await WriteAsync(new RadKeyAccess(file)));

        Task<CommentWrite> WriteAsync(RadKeyAccess key)
            => Writer(key).WriteAsync(home, storage, Request(patch, "passed"), ct);
    }

    [Fact]
    public async Task a_patch_that_rad_has_not_in_its_cache_is_commented_on_all_the_same()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var node = lab.Nodes[0];
        using var founder = new RadicleTestKey("founder");
        var written = await RadicleStorage.CreateAsync(Path.Combine(node.Home, "storage"), "demo", founder, new Dictionary<string, string>
        {
            ["README.md"] = "# demo\n",
        });
        var (patch, _) = written.OpenPatch(founder, "Say hello", new Dictionary<string, string> { ["hello.txt"] = "hello\n" });
        await using var storage = await RadicleRepository.OpenAsync(written.Path, ct);

        var result = await Writer(new RadKeyAccess(null))
            .WriteAsync(new RadicleHome(node.Home, node.Socket), storage, Request(PatchId.Parse(patch), "passed"), ct);
        Assert.Equal(CommentChange.Posted, Assert.IsType<CommentWrite.Done>(result).Change);
    }

    [Fact]
    public async Task without_a_key_it_waits_and_says_for_what()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (patch, _) = written.Storage.OpenPatch(written.Bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));
        await using var storage = await written.OpenAsync();
        using var empty = new TemporaryFolder();
        var home = new RadicleHome(empty.Path, Path.Combine(empty.Path, "s"));

        var absent = await Writer(new RadKeyAccess(null), empty.Path)
            .WriteAsync(home, storage, Request(PatchId.Parse(patch), "passed"), CancellationToken.None);
        Assert.Contains("rad auth", Assert.IsType<CommentWrite.Waiting>(absent).Reason, StringComparison.Ordinal);

        var tooLong = await Writer(new RadKeyAccess(null))
            .WriteAsync(home, storage, Request(PatchId.Parse(patch), new string('x', PatchCommentWriter.MaxBodyBytes)),
                CancellationToken.None);
        Assert.False(Assert.IsType<CommentWrite.Failed>(tooLong).Retry);
    }

    [Fact]
    public async Task only_one_process_writes_at_a_time()
    {
        using var written = new TemporaryFolder();
        var turns = new WriteTurns(TimeProvider.System);
        var file = Path.Combine(written.Path, "node", "auxo-z.lock");
        var first = await turns.TakeAsync(file, TimeSpan.FromSeconds(10), CancellationToken.None);
        var second = turns.TakeAsync(file, TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.False(second.IsCompleted);

        // Another instance is like another process: only the file stands between them.
        Assert.Null(await new WriteTurns(TimeProvider.System).TakeAsync(file, TimeSpan.Zero, CancellationToken.None));
        first!.Dispose();
        (await second)!.Dispose();
        (await new WriteTurns(TimeProvider.System).TakeAsync(file, TimeSpan.Zero, CancellationToken.None))!.Dispose();
    }

    private static PatchCommentWriter Writer(RadKeyAccess key, string? searchPath = null)
        => new(
            new RadTurns(key, TimeProvider.System) { SearchPath = searchPath ?? Environment.GetEnvironmentVariable("PATH") },
            TimeProvider.System);

    private static CommentRequest Request(PatchId patch, string body, CommitId? previous = null)
        => new(patch, RevisionId.Parse(patch.Value), Footer, $"{body}\n\n{Footer}", previous);

    private static async Task<CommentWrite.Done> DoneAsync(Task<CommentWrite> write) => Assert.IsType<CommentWrite.Done>(await write);

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("turn-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
