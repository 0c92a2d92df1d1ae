using System.Text;

using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Searching;
using Auxo.Testing.Secrets;

namespace Auxo.Pipeline.Tests.Checks;

/// <summary>The rules, measured by their corpus: what must be found is named, what only looks like it is left alone.</summary>
public sealed class SecretCorpusTests
{
    public static TheoryData<string> Names => [.. SecretCorpus.All.Select(sample => sample.What)];

    [Theory]
    [MemberData(nameof(Names))]
    public void a_sample_of_the_corpus_is_judged_as_it_should_be(string what)
    {
        foreach (var sample in SecretCorpus.All.Where(sample => sample.What == what))
        {
            var found = Secrets.Scan(Encoding.UTF8.GetBytes(sample.Text), sample.Path).Select(seen => seen.Rule).ToList();
            Assert.True(found.SequenceEqual(sample.Rule is { } rule ? [rule] : []), $"{string.Join(", ", found)} in:\n{sample.Text}");
        }
    }

    [Fact]
    public void every_rule_has_a_sample_and_a_look_alike()
    {
        var samples = SecretCorpus.All;
        Assert.All(SecretRules.All, rule => Assert.Contains(samples, sample => sample.Rule == rule.Id));
        Assert.All(SecretRules.All, rule
            => Assert.Contains(samples, sample => sample.Rule is null && sample.What.StartsWith(rule.Id + ":", StringComparison.Ordinal)));
    }

    [Fact]
    public void no_sample_is_found_in_the_file_that_makes_it()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "tests", "Auxo.Testing", "Secrets");
        Assert.SkipUnless(Directory.Exists(folder), "the source is not beside the test");
        Assert.All(Directory.GetFiles(folder), file => Assert.Empty(Secrets.Scan(File.ReadAllBytes(file), file)));
    }
}
