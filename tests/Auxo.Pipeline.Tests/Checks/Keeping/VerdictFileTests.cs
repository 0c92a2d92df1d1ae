using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Checks.Keeping;

namespace Auxo.Pipeline.Tests.Checks.Keeping;

/// <summary>What the checks said, in a file for after a restart.</summary>
public sealed class VerdictFileTests : IDisposable
{
    private static readonly Contracts.Severity Some = Contracts.Severity.Medium;
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-verdicts-").FullName;

    private string File => Path.Combine(_folder, "verdicts");

    [Fact]
    public void what_is_written_is_read_again_and_answers()
    {
        var cache = new VerdictCache();
        var seen = new Observation("SC2086", Some, "gone.sh", 3, "Quote \"this\"\nor that — ünï", "info")
        {
            IsAllowed = true, Mark = "lodash", Package = "lodash",
        };
        cache.Put("aa", "shellcheck|1", [seen]);
        cache.Put("bb", "shellcheck|1", []);
        Assert.Equal(2, VerdictFile.Write(File, cache.Kept()));

        var after = Read();
        Assert.True(after.TryGet("aa", "shellcheck|1", out var found));
        Assert.Equal([seen with { Path = null }], found);
        Assert.True(after.TryGet("bb", "shellcheck|1", out found) && found.Count == 0);
        Assert.False(after.TryGet("aa", "shellcheck|2", out _));
        Assert.Equal(0, after.Changes);
        Assert.Equal(PrivateMode, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void what_is_here_already_is_newer()
    {
        var cache = new VerdictCache();
        cache.Put("aa", "r", [new Observation("old", Some, null, 1, "old")]);
        VerdictFile.Write(File, cache.Kept());
        var fresh = new VerdictCache();
        fresh.Put("aa", "r", []);
        foreach (var verdict in VerdictFile.Read(File)) fresh.Take(verdict);
        Assert.True(fresh.TryGet("aa", "r", out var found) && found.Count == 0);
    }

    [Fact]
    public void neither_a_secret_nor_a_failure_of_a_tool_is_kept()
    {
        var cache = new VerdictCache();
        cache.Put("aa", "secrets", [new Observation("generic-secret", Some, null, 1, "a secret") { Mark = "5e884898da28" }]);
        cache.Put("bb", "shellcheck", [CheckReport.ToolFailed("it took too long")]);
        cache.Put("cc", "secrets", []);
        Assert.Equal(1, VerdictFile.Write(File, cache.Kept()));
        Assert.DoesNotContain("5e884898da28", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Fact]
    public void a_file_that_is_cut_anywhere_or_changed_anywhere_is_refused()
    {
        var cache = new VerdictCache();
        for (var i = 0; i < 5; i++) cache.Put($"{i}", "r", [new Observation("SC1", Some, null, i, "words")]);
        VerdictFile.Write(File, cache.Kept());
        var whole = System.IO.File.ReadAllBytes(File);
        for (var length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Assert.Throws<VerdictFileException>(() => VerdictFile.Read(File));
        }

        for (var i = 0; i < whole.Length; i++)
        {
            var changed = whole.ToArray();
            changed[i] ^= 1;
            System.IO.File.WriteAllBytes(File, changed);
            Assert.Throws<VerdictFileException>(() => VerdictFile.Read(File));
        }
    }

    [Fact]
    public void another_version_of_auxo_is_not_answered()
    {
        var cache = new VerdictCache();
        cache.Put("aa", "r", []);
        VerdictFile.Write(File, cache.Kept(), program: "another");
        Assert.Equal(
            "another version of Auxo wrote it", Assert.Throws<VerdictFileException>(() => VerdictFile.Read(File)).Message);
        Assert.Single(VerdictFile.Read(File, program: "another"));
    }

    [Fact]
    public void a_file_of_somebody_else_is_refused()
    {
        var cache = new VerdictCache();
        cache.Put("aa", "r", []);
        VerdictFile.Write(File, cache.Kept());
        System.IO.File.SetUnixFileMode(File, PrivateMode | UnixFileMode.GroupWrite);
        Assert.Contains("others", Assert.Throws<VerdictFileException>(() => VerdictFile.Read(File)).Message, StringComparison.Ordinal);
        System.IO.File.SetUnixFileMode(File, PrivateMode);
        System.IO.File.Move(File, File + ".real");
        System.IO.File.CreateSymbolicLink(File, File + ".real");
        Assert.Contains("link", Assert.Throws<VerdictFileException>(() => VerdictFile.Read(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void there_is_nothing_where_there_is_no_file() => Assert.Empty(VerdictFile.Read(File));

    [Fact]
    public void the_file_stays_within_its_bound()
    {
        var cache = new VerdictCache();
        for (var i = 0; i < 100; i++) cache.Put($"{i:x40}", "r", [new Observation("SC1", Some, null, i, new string('x', 200))]);
        var count = VerdictFile.Write(File, cache.Kept(), most: 10_000);
        Assert.InRange(count, 10, 40);
        Assert.True(new FileInfo(File).Length <= 10_000);
        Assert.Equal(count, VerdictFile.Read(File).Count);
    }

    [Theory]
    [InlineData(5, 5, 3, true)]
    [InlineData(5, 4, 3, false)]
    [InlineData(5, 5, 5, false)]
    [InlineData(0, 0, 0, false)]
    public void it_is_written_when_nothing_more_comes(long now, long before, long written, bool expected)
        => Assert.Equal(expected, KeptVerdicts.IsQuiet(now, before, written));

    [Fact]
    public async Task another_version_of_a_tool_is_asked_again()
    {
        Assert.SkipWhen(ToolProcess.Find("shellcheck") is null, "shellcheck is not installed");
        await using var repository = await GitRepository.CreateAsync();
        var commit = await repository.CommitAsync(("a.sh", "#!/bin/bash\necho hello\n"));
        var tool = Path.Combine(_folder, "shellcheck");
        Script("1");
        var cache = new VerdictCache();
        Assert.Contains("0 of them looked at before", await LookAsync(cache), StringComparison.Ordinal);
        VerdictFile.Write(File, cache.Kept());
        Assert.Contains("1 of them looked at before", await LookAsync(Read()), StringComparison.Ordinal);
        Script("22");
        Assert.Contains("0 of them looked at before", await LookAsync(Read()), StringComparison.Ordinal);

        void Script(string version)
        {
            System.IO.File.WriteAllText(tool, $"#!/bin/sh\n# version {version}\nexec {ToolProcess.Find("shellcheck")} \"$@\"\n");
            System.IO.File.SetUnixFileMode(tool, PrivateMode | UnixFileMode.UserExecute);
            // As where all files have one time.
            System.IO.File.SetLastWriteTimeUtc(tool, DateTime.UnixEpoch);
        }

        async Task<string> LookAsync(VerdictCache asked)
        {
            await using var objects = new Auxo.Git.GitObjects(repository.Path);
            await using var tree = await SourceTree.ReadAsync(objects, commit, _folder, TestContext.Current.CancellationToken);
            var report = await ShellCheck.RunAsync(
                tree, CheckSettings.Default, asked, tool, TestContext.Current.CancellationToken);
            Assert.Null(report.Trouble);
            return report.Notes[0];
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static UnixFileMode PrivateMode => Instances.PrivateFiles.FileMode;

    private VerdictCache Read()
    {
        var cache = new VerdictCache();
        foreach (var verdict in VerdictFile.Read(File)) cache.Take(verdict);
        return cache;
    }
}
