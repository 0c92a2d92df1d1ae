using Auxo.Notify.Routes;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Notify.Tests.Routes;

public sealed class PatternTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "build.failed", true)]
    [InlineData("build.*", "build.failed", true)]
    [InlineData("build.*", "build", false)]
    [InlineData("*.failed", "build.failed", true)]
    [InlineData("build.failed", "build.failed", true)]
    [InlineData("build.failed", "build.Failed", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("?", "a", false)]
    [InlineData("[a]", "a", false)]
    public void a_star_stands_for_anything_and_everything_else_for_itself(string pattern, string text, bool matches)
        => Assert.Equal(matches, Pattern.Matches(pattern, text));

    [Fact]
    public void it_agrees_with_the_obvious_definition()
    {
        // Short ones: the obvious definition takes exponentially long.
        var letters = Gen.Elements('a', 'b', '*').ArrayOf().Select(static c => new string(c.AsSpan(0, Math.Min(8, c.Length))));
        var texts = Gen.Elements('a', 'b').ArrayOf().Select(static c => new string(c.AsSpan(0, Math.Min(8, c.Length))));
        Prop.ForAll(letters.ToArbitrary(), texts.ToArbitrary(), static (pattern, text)
            => Pattern.Matches(pattern, text) == Obvious(pattern, text)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void a_wicked_pattern_costs_no_more_than_a_long_one()
        => Assert.False(Pattern.Matches(string.Concat(Enumerable.Repeat("a*", 100)) + "b", new string('a', 10_000)));

    private static bool Obvious(string pattern, string text)
        => pattern.Length == 0 ? text.Length == 0
            : pattern[0] == '*' ? Enumerable.Range(0, text.Length + 1).Any(i => Obvious(pattern[1..], text[i..]))
            : text.Length > 0 && text[0] == pattern[0] && Obvious(pattern[1..], text[1..]);
}
