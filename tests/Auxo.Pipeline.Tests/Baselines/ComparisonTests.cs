using Auxo.Pipeline.Baselines;

namespace Auxo.Pipeline.Tests.Baselines;

public sealed class ComparisonTests
{
    [Theory]
    [InlineData("nothing is known", "", "a.sh:x", "a.sh:x")]
    [InlineData("nothing is found", "a.sh:x", "", "")]
    [InlineData("a line that moved", "a.sh:x a.sh:y", "a.sh:y a.sh:x", "")]
    [InlineData("a changed line", "a.sh:x", "a.sh:z", "a.sh:z")]
    [InlineData("a file that was changed elsewhere", "a.sh:x@1", "a.sh:x@2", "")]
    [InlineData("the same line once more", "a.sh:x", "a.sh:x a.sh:x", "a.sh:x")]
    [InlineData("the same line twice, as before", "a.sh:x a.sh:x", "a.sh:x a.sh:x", "")]
    [InlineData("the same line in another file", "a.sh:x", "a.sh:x b.sh:x", "b.sh:x")]
    [InlineData("another check at the same line", "a.sh:x", "a.sh:x syntax/a.sh:x", "a.sh:x")]
    [InlineData("a renamed file", "a.sh:x@1 a.sh:y@1", "b.sh:x@1 b.sh:y@1", "")]
    [InlineData("a copied file", "a.sh:x@1", "a.sh:x@1 b.sh:x@1", "b.sh:x")]
    [InlineData("two files that swapped their names", "a.sh:x@1 b.sh:y@2", "a.sh:y@2 b.sh:x@1", "")]
    [InlineData("a renamed and changed file", "a.sh:x@1", "b.sh:x@2", "b.sh:x")]
    [InlineData("a removed file and a new one with the same line", "a.sh:x@1", "b.sh:x@3", "b.sh:x")]
    [InlineData("a secret that moved", "a.sh:=s@1", "b.sh:=s@2", "")]
    [InlineData("a secret that was copied", "a.sh:=s@1", "a.sh:=s@1 b.sh:=s@2", "b.sh:=s")]
    [InlineData("another secret in the same file", "a.sh:=s", "a.sh:=s a.sh:=t", "a.sh:=t")]
    [InlineData("a secret of a patch's commit that is in no file", "", "a.sh:=s@", "a.sh:=s")]
    [InlineData("the whole tree", ":m :n", ":n :o", ":o")]
    [InlineData("a file that no tool judged before", "a.sh:!", "a.sh:x a.sh:y b.sh:z", "b.sh:z")]
    [InlineData("a file that no tool judges any more", "a.sh:x", "a.sh:!", "a.sh:!")]
    public void what_is_new_is_what_nothing_known_answers_for(string what, string known, string found, string expected)
    {
        var compared = Comparison.Of(Seen.Of(found), Comparison.AsFiles(Seen.Of(known), []));
        Assert.True(expected == Seen.Words(compared.New), $"{what}: {Seen.Words(compared.New)}");
    }

    [Fact]
    public void a_thousand_known_findings_cost_next_to_nothing()
    {
        var found = Seen.Of(string.Join(' ', Enumerable.Range(0, 5000).Select(static i => $"f{i % 100}.sh:{i}")));
        var known = Comparison.AsFiles(found.Take(1000), []);
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(4000, Comparison.Of(found, known).New.Count());
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds, 0, 200);
    }
}
