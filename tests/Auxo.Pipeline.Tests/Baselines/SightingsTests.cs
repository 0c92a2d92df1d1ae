using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Pipeline.Tests.Baselines;

/// <summary>What makes a finding the same one, read from real files.</summary>
public sealed class SightingsTests
{
    [Theory]
    [InlineData("a line further down", "x\nbad\n", "x\ny\nz\nbad\n", true)]
    [InlineData("a line that is indented now", "bad\n", "if x\n\t  bad\nfi\n", true)]
    [InlineData("line ends of another system", "x\nbad\n", "x\r\nbad\r\n", true)]
    [InlineData("the last line without its end", "bad\n", "bad", true)]
    [InlineData("a changed line", "bad\n", "bad 2\n", false)]
    [InlineData("a second one", "bad\n", "bad\nbad\n", false)]
    public async Task a_finding_is_known_by_what_stands_in_its_line(string what, string before, string after, bool known)
    {
        var compared = Comparison.Of(await LookAsync(after), Comparison.AsFiles(await LookAsync(before), []));
        Assert.True(known != compared.New.Any(), what);
    }

    [Fact]
    public async Task lines_in_another_order_are_never_new()
    {
        var lines = Enumerable.Range(0, 12).Select(static i => i % 3 == 0 ? "bad" : $"bad {i}").Concat(["good", "", "{"]).ToArray();
        var known = Comparison.AsFiles(await LookAsync(string.Join('\n', lines)), []);
        Prop.ForAll(Gen.Shuffle(lines).ToArbitrary(), shuffled
                => !Comparison.Of(LookAsync(string.Join('\n', shuffled)).GetAwaiter().GetResult(), known).New.Any())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Fact]
    public async Task what_lies_behind_the_end_and_what_has_no_line_is_compared_too()
    {
        async Task<IReadOnlyList<Sighting>> SeeAsync(string text) => await LookAsync(text, static _ =>
        [
            new Observation("eof", Severity.High, "a.sh", 99, "unexpected end of file"),
            new Observation("mode", Severity.High, "a.sh", null, "not executable"),
            new Observation("missing", Severity.Low, null, null, "there is no docs/"),
        ]);

        Assert.Empty(Comparison.Of(await SeeAsync("one\n"), Comparison.AsFiles(await SeeAsync("two\nthree\n"), [])).New);
    }

    /// <summary>A program may have something to say of every line; reading the file again for each would take hours.</summary>
    [Fact]
    public async Task a_finding_in_every_line_of_a_long_file_reads_it_once()
    {
        const int count = 60_000;
        var seen = await LookAsync(string.Concat(Enumerable.Range(0, count).Select(static i => $"bad {i}\n")));
        Assert.Equal(count, seen.Select(static one => one.Mark.Content).Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(Comparison.Of(seen, Comparison.AsFiles(seen, [])).New);
    }

    /// <summary>Every line that begins with "bad" is a finding.</summary>
    private static Task<IReadOnlyList<Sighting>> LookAsync(string text)
        => LookAsync(text, static lines => [.. lines.Index()
            .Where(static line => line.Item.TrimStart().StartsWith("bad", StringComparison.Ordinal))
            .Select(static line => new Observation("r", Severity.High, "a.sh", line.Index + 1, "bad"))]);

    private static async Task<IReadOnlyList<Sighting>> LookAsync(string text, Func<string[], IReadOnlyList<Observation>> observe)
    {
        await using var repository = await GitRepository.CreateAsync();
        var commit = await repository.CommitAsync(("a.sh", text));
        await using var objects = new GitObjects(repository.Path);
        await using var tree = await SourceTree.ReadAsync(objects, commit, Path.GetTempPath(), TestContext.Current.CancellationToken);
        var run = new CheckRun("shellcheck", new CheckReport(observe(text.Split('\n')), []), TimeSpan.Zero);
        return await Sightings.OfAsync(tree, [run], CheckSettings.Default, new VerdictCache(), TestContext.Current.CancellationToken);
    }
}
