using System.Text;
using System.Text.Json;

using Auxo.Cli.Owners;
using Auxo.Testing.Radicle;

namespace Auxo.Cli.Tests.Commands;

public sealed class OwnerCommandsTests : IDisposable
{
    private const string People = """
        alice:
          did: did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S
          email: alice@example.org
        bob:
          did: did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK
          email: bob@example.org
        """;

    private readonly TempRepository _repository = new();

    [Fact]
    public async Task lint_names_file_and_line_and_fails_for_errors_only()
    {
        await _repository.CommitFilesAsync(new()
        {
            ["CODEOWNERS"] = "/src/ @alice\n* @carol\n", [".auxo/people.yaml"] = People, ["src/a"] = "1", ["docs/CODEOWNERS"] = "",
        });
        var failed = await RunAsync("owners", "lint");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("CODEOWNERS:2: error: '*' takes all files, so line 1 above it has no effect", failed.Out,
            StringComparison.Ordinal);
        Assert.Contains("CODEOWNERS:2: error: @carol is not in .auxo/people.yaml", failed.Out, StringComparison.Ordinal);
        Assert.Contains("docs/CODEOWNERS: warning: CODEOWNERS is read and this file is not", failed.Out, StringComparison.Ordinal);

        await _repository.CommitFilesAsync(new() { ["CODEOWNERS"] = "* @bob\n/src/ @alice\n/gone/ @bob\n",
            ["docs/CODEOWNERS"] = null });
        var passed = await RunAsync("owners", "lint", "--json");
        Assert.Equal(0, passed.ExitCode);
        var finding = Assert.Single(JsonDocument.Parse(passed.Out).RootElement.GetProperty("findings").EnumerateArray());
        Assert.Equal(("matches-nothing", 3, "warning"),
            (finding.GetProperty("rule").GetString(), finding.GetProperty("line").GetInt32(),
                finding.GetProperty("severity").GetString()));
    }

    [Fact]
    public async Task lint_from_a_folder_below_reads_what_is_not_committed_yet()
    {
        await _repository.CommitFilesAsync(new() { ["src/a"] = "1" });
        var none = await CliResult.RunAsync([], ["owners", "lint"], folder: Path.Combine(_repository.Folder, "src"));
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("auxo owners assign", none.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_repository.Folder, "CODEOWNERS"), "/src/ nobody\n",
            TestContext.Current.CancellationToken);
        var found = await CliResult.RunAsync([], ["owners", "lint"], folder: Path.Combine(_repository.Folder, "src"), width: 200);
        Assert.Contains("CODEOWNERS:1: error: 'nobody' is no owner", found.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_table_counts_files_and_names_those_without_owner()
    {
        await _repository.CommitFilesAsync(new()
        {
            ["CODEOWNERS"] = "*.md @bob\n[Code] @alice\n/src/\n", ["src/a"] = "1", ["src/b"] = "1", ["README.md"] = "1",
                ["x"] = "1",
        });
        var table = await RunAsync("owners", "table");
        Assert.Equal(0, table.ExitCode);
        Assert.Matches(
            @"1\s+\*\.md\s+@bob\s+1\n3\s+/src/\s+Code\s+@alice\s+2\n"
                + @"2 of 5 files have no owner in CODEOWNERS:\n  CODEOWNERS\n  x\n",
            table.Out);
        var json = JsonDocument.Parse((await RunAsync("owners", "table", "--json")).Out).RootElement;
        Assert.Equal("gitlab", json.GetProperty("syntax").GetString());
        Assert.Equal([1, 2], json.GetProperty("lines").EnumerateArray().Select(static l => l.GetProperty("files").GetInt32()));
    }

    [Fact]
    public async Task assign_writes_a_line_that_counts_and_keeps_the_rest()
    {
        await _repository.CommitFilesAsync(new() { [".github/CODEOWNERS"] = "# Ours\n* @bob\n/src/api/ @alice\n",
            ["src/api/a"] = "1", ["src/b c"] = "1" });
        var assigned = await CliResult.RunAsync([], ["owners", "assign", ".", "b c", "@bob"],
            folder: Path.Combine(_repository.Folder, "src"));
        Assert.Equal(("", 0, ".github/CODEOWNERS:3: /src/ @bob\n.github/CODEOWNERS:5: /src/b\\ c @bob\n"),
            (assigned.Error, assigned.ExitCode, string.Join('\n', assigned.Out.Split('\n')[..2]) + "\n"));
        Assert.Equal("# Ours\n* @bob\n/src/ @bob\n/src/api/ @alice\n/src/b\\ c @bob\n", await TextAsync(".github/CODEOWNERS"));
        Assert.Equal(0, (await RunAsync("owners", "assign", "src/", "@alice", "@org/team")).ExitCode);
        Assert.Contains("/src/ @alice @org/team\n", await TextAsync(".github/CODEOWNERS"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task assign_makes_the_file_and_refuses_what_it_cannot_write()
    {
        await _repository.CommitFilesAsync(new() { ["a[1]"] = "1" });
        Assert.Equal(2, (await RunAsync("owners", "assign", "a[1]", "@bob")).ExitCode);
        Assert.Equal(2, (await RunAsync("owners", "assign", "gone", "@bob")).ExitCode);
        Assert.Equal(2, (await RunAsync("owners", "assign", "@bob")).ExitCode);
        Assert.Equal(2, (await RunAsync("owners", "assign", "a[1]")).ExitCode);
        Assert.Equal(2, (await RunAsync("owners", "assign", "../..", "@bob")).ExitCode);
        Assert.Equal(2, (await RunAsync("owners", "assign", "*.md", "@bob", "--section", "Docs")).ExitCode);
        Assert.False(File.Exists(Path.Combine(_repository.Folder, "CODEOWNERS")));
        Assert.Equal(0, (await RunAsync("owners", "assign", "a[1]", "*.md", "@bob", "--syntax", "gitlab")).ExitCode);
        Assert.Equal("/a\\[1\\] @bob\n*.md @bob\n", await TextAsync("CODEOWNERS"));
    }

    [Fact]
    public async Task assign_keeps_bytes_that_are_no_utf_8_and_lint_names_their_line()
    {
        await _repository.CommitFilesAsync(new() { ["src/a"] = "1" });
        var file = Path.Combine(_repository.Folder, "CODEOWNERS");
        byte[] was = [.. "* @bob\n# Gr"u8, 0xf6, .. "\n"u8];
        await File.WriteAllBytesAsync(file, was, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync("owners", "assign", "src", "@alice")).ExitCode);
        Assert.Equal([.. "* @bob\n/src/ @alice\n# Gr"u8, 0xf6, .. "\n"u8],
            await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.Contains("CODEOWNERS:3: warning: there are bytes that are no UTF-8", (await RunAsync("owners", "lint")).Out,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_file_in_utf_16_is_refused_and_left_as_it_is(bool marked)
    {
        await _repository.CommitFilesAsync(new() { ["src/a"] = "1" });
        var file = Path.Combine(_repository.Folder, "CODEOWNERS");
        byte[] was = [.. marked ? Encoding.Unicode.GetPreamble() : [], .. Encoding.Unicode.GetBytes("* @bob\n")];
        await File.WriteAllBytesAsync(file, was, TestContext.Current.CancellationToken);
        var refused = await RunAsync("owners", "assign", "src", "@alice");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("UTF-8", refused.Error, StringComparison.Ordinal);
        Assert.Equal(was, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.Contains("CODEOWNERS: error: it is UTF-16", (await RunAsync("owners", "lint")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CODEOWNERS", "pipe", "is a named pipe")]
    [InlineData("CODEOWNERS", "folder", "is a folder")]
    [InlineData("CODEOWNERS", "device", "is a device")]
    [InlineData(".auxo/people.yaml", "pipe", "is a named pipe")]
    [InlineData(".auxo/people.yaml", "socket", "is a socket")]
    public async Task what_is_no_file_is_refused_without_waiting(string path, string kind, string words)
    {
        await _repository.CommitFilesAsync(new() { ["src/a"] = "1" });
        if (path != "CODEOWNERS")
            await File.WriteAllTextAsync(Path.Combine(_repository.Folder, "CODEOWNERS"), "* @a\n", TestContext.Current.CancellationToken);
        NoFile.Make(Path.Combine(_repository.Folder, path), kind);
        string[][] commands = path == "CODEOWNERS" ? [["lint"], ["table"], ["assign", "src", "@a"]] : [["lint"], ["table"]];
        foreach (var command in commands)
        {
            var refused = await RunAsync(["owners", .. command]).WaitAsync(NoFile.Patience, TestContext.Current.CancellationToken);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(words, refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task on_a_full_disk_assign_leaves_the_file_as_it_was()
    {
        await _repository.CommitFilesAsync(new() { ["CODEOWNERS"] = "* @bob\n", ["src/a"] = "1" });
        var full = await FullDisk.RunAsync(_repository.Folder, [], "owners", "assign", "src", "@alice");
        Assert.NotEqual(0, full.ExitCode);
        Assert.Equal("* @bob\n", await TextAsync("CODEOWNERS"));
        Assert.Equal(["CODEOWNERS"], Directory.EnumerateFiles(_repository.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task suggest_weighs_owners_and_authors_and_leaves_out_who_made_the_change()
    {
        await _repository.CommitFilesAsync(new()
        {
            ["CODEOWNERS"] = "/src/ @bob @alice\n", [".auxo/people.yaml"] = People, ["src/a"] = "1\n2\n3\n",
                [".mailmap"] = "Bob <bob@example.org> <old@example.org>\n",
        }, author: "old", at: "2026-11-22T00:00:00Z");
        await _repository.GitAsync("checkout", "-q", "-b", "work");
        // What a change says of owners has no say over itself.
        await _repository.CommitFilesAsync(new() { ["src/a"] = "1\nnew\n3\n", ["CODEOWNERS"] = "* @mallory\n", ["x"] = "1" },
            author: "alice");
        var result = await RunAsync("owners", "suggest", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var json = JsonDocument.Parse(result.Out).RootElement;
        var reviewer = Assert.Single(json.GetProperty("reviewers").EnumerateArray());
        Assert.Equal("@bob", reviewer.GetProperty("name").GetString());
        Assert.Equal(["owns 1 of 3 changed files", "wrote 4 of the 4 lines that are touched; older lines count less"],
            reviewer.GetProperty("points").EnumerateArray().Select(static p => p.GetProperty("why").GetString()));
        Assert.Equal(1.994, reviewer.GetProperty("score").GetDouble(), 3);
        var text = await RunAsync("owners", "suggest", "main..work");
        Assert.Contains("  1.99  @bob  did:key:z6MkqGC3", text.Out, StringComparison.Ordinal);
        Assert.Contains("2 of them have no owner: CODEOWNERS, x", text.Out, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("owners", "suggest", "main..nothing")).ExitCode);
    }

    [Fact]
    public async Task suggest_without_any_owner_says_so()
    {
        await _repository.CommitFilesAsync(new() { ["a"] = "1\n" });
        await _repository.GitAsync("checkout", "-q", "-b", "work");
        await _repository.CommitFilesAsync(new() { ["b"] = "1\n" });
        var result = await RunAsync("owners", "suggest");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Nobody else is known", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void blame_counts_lines_by_commit()
    {
        var lines = BlameChange.Parse("""
            aa 1 1 2
            author Ann
            author-mail <ann@example.org>
            author-time 100
            filename f
            	one
            aa 2 2
            	author in a text
            bb 3 3 1
            author Ben
            author-mail <ben@example.org>
            author-time -5
            filename f
            	three
            """.Replace("\r", "", StringComparison.Ordinal)).ToList();
        Assert.Equal([("Ann", "ann@example.org", 100L, 2), ("Ben", "ben@example.org", 0L, 1)],
            lines.Select(static l => (l.Name, l.Email, l.At.ToUnixTimeSeconds(), l.Lines)));
    }

    [Fact]
    public async Task a_patch_of_radicle_is_read_from_the_storage()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var made = await lab.CreateRepositoryAsync("demo", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CODEOWNERS"] = "* @alice @bob\n",
            [".auxo/people.yaml"] = $"alice:\n  did: did:key:{alice.Nid}\nbob:\n  did: did:key:{bob.Nid}\n",
        }, ct);
        var (patch, _) = await alice.OpenPatchAsync(
            made.Name, "Mine", new Dictionary<string, string>(StringComparer.Ordinal) { ["new"] = "1\n" }, ct);
        var result = await CliResult.RunAsync(
            new() { ["RAD_HOME"] = alice.Home }, ["owners", "suggest", patch[..7], "--json"], folder: alice.WorkTree("demo"));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var json = JsonDocument.Parse(result.Out).RootElement;
        Assert.Equal(patch, json.GetProperty("patch").GetString());
        Assert.Equal(["@bob"],
            json.GetProperty("reviewers").EnumerateArray().Select(static r => r.GetProperty("name").GetString()));
    }

    public void Dispose() => _repository.Dispose();

    private Task<CliResult> RunAsync(params string[] args) => CliResult.RunAsync([], args, folder: _repository.Folder, width: 200);

    private Task<string> TextAsync(string path)
        => File.ReadAllTextAsync(Path.Combine(_repository.Folder, path), TestContext.Current.CancellationToken);
}
