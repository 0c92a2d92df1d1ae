using Auxo.Console.Parts;

namespace Auxo.Console.Tests;

/// <summary>What cannot be seen is named.</summary>
public sealed class OddCharactersTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("", "")]
    [InlineData("grüße 漢字 🙂", "grüße 漢字 🙂")]
    [InlineData("a\u202Eb", "a|[U+202E]|b")]
    [InlineData("\u001b[31m", "[␛]|[31m")]
    [InlineData("tab\there", "tab|[␉]|here")]
    [InlineData("a\u200Bb\u2066c", "a|[U+200B]|b|[U+2066]|c")]
    [InlineData("end\r", "end|[␍]")]
    [InlineData("tag\U000E0041", "tag|[U+E0041]")]
    public void of_a_text(string text, string parts)
        => Assert.Equal(parts, string.Join('|', OddCharacters.Split(text).Select(static p => p.IsOdd ? $"[{p.Text}]" : p.Text)));

    [Fact]
    public void half_a_pair_of_surrogates_breaks_nothing()
        => Assert.Equal(["a\uD800b"], OddCharacters.Split("a\uD800b").Select(static p => p.Text));

    [Fact]
    public void what_is_meant_stays()
        => Assert.Equal(["\ta"], OddCharacters.Split("\ta", "\t").Select(static p => p.Text));
}
