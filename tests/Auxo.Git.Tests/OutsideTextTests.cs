using System.Text;

namespace Auxo.Git.Tests;

public sealed class OutsideTextTests
{
    public static TheoryData<string, byte[], string?, string> Texts => new()
    {
        { "UTF-8", "grün"u8.ToArray(), null, "grün" },
        { "UTF-8 with a mark", [0xEF, 0xBB, 0xBF, .. "grün"u8], null, "grün" },
        { "UTF-16 little-endian with a mark", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("grün")], null, "grün" },
        { "UTF-16 big-endian with a mark", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("grün")], null, "grün" },
        { "UTF-32 with a mark", [0xFF, 0xFE, 0, 0, .. Encoding.UTF32.GetBytes("grün")], null, "grün" },
        { "Latin-1 that says nothing is visibly wrong", Encoding.Latin1.GetBytes("grün"), null, "gr\uFFFDn" },
        { "Latin-1 that says so", Encoding.Latin1.GetBytes("grün"), "ISO-8859-1", "grün" },
        { "Shift JIS that says so", [0x93, 0xFA, 0x96, 0x7B], "Shift_JIS", "日本" },
        { "Windows-1252 that says so", [0x80, 0x20], "windows-1252", "€ " },
        { "a name that nobody knows", "grün"u8.ToArray(), "klingon", "grün" },
        { "a name that is not safe to decode", "a"u8.ToArray(), "utf-7", "a" },
        { "a mark wins over a name", [0xEF, 0xBB, 0xBF, .. "grün"u8], "ISO-8859-1", "grün" },
        { "nothing", [], null, "" },
        { "a mark alone", [0xFF, 0xFE], null, "" },
        { "half of a character", [0xFF, 0xFE, 0x41], null, "\uFFFD" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void bytes_are_decoded_by_one_rule(string what, byte[] bytes, string? encoding, string text)
        => Assert.Equal((what, text), (what, OutsideText.Decode(bytes, encoding)));
}
