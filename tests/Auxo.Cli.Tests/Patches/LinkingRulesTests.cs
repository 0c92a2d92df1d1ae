using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Tests.Patches;

public sealed class LinkingRulesTests
{
    private const string Repository = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5";
    private static readonly string Id = new('a', 40);

    [Theory]
    [InlineData("1a2b3c4", null, "1a2b3c4")]
    [InlineData(" ABCDEF0 ", null, "abcdef0")]
    [InlineData(Repository + "/patches/1a2b3c4d", Repository, "1a2b3c4d")]
    public void a_patch_is_named_alone_or_with_its_repository(string text, string? rid, string digits)
        => Assert.Equal((rid, digits), (PatchReference.Parse(text)!.Rid?.Value, PatchReference.Parse(text)!.Digits));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("library 2")]
    [InlineData(Repository)]
    [InlineData(Repository + "/patches/")]
    [InlineData("rad:z3gq;rm/patches/1a2b3c4")]
    [InlineData("1a2b3c4\n5")]
    public void anything_else_is_no_patch(string text) => Assert.Null(PatchReference.Parse(text));

    [Fact]
    public void what_a_patch_needs_is_read_line_by_line_and_each_once()
    {
        var needs = DependsOn.Read(
            $"Text\nDepends-On: {Id}\r\n  depends-on: {Repository}/patches/1a2b3c4\nit Depends-On: beef\nDepends-On: libfoo 2.0",
            $"Depends-On: {Id}");
        Assert.Equal([new PatchReference(null, Id), new PatchReference(Rid.Parse(Repository), "1a2b3c4")], needs.Patches);
        Assert.Equal(["libfoo 2.0"], needs.Unclear);
    }

    [Theory]
    [InlineData("", "LINE")]
    [InlineData("Why.\n\n", "Why.\n\nLINE")]
    [InlineData("Why.\n\nDepends-On: beef", "Why.\n\nDepends-On: beef\nLINE")]
    public void a_line_more_changes_nothing_else(string before, string after)
        => Assert.Equal(
            after.Replace("LINE", $"Depends-On: {Repository}/patches/{Id}", StringComparison.Ordinal),
            DependsOn.Add(before, Rid.Parse(Repository), PatchId.Parse(Id)));
}
