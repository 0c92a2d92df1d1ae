using System.Text;

using Auxo.Contracts;
using Auxo.Owners;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Security;
using Auxo.Pipeline.Tests.Findings;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Security;

/// <summary>Which findings of a default branch are told at once.</summary>
public sealed class SevereNewsTests
{
    private static readonly OwnersFile Owners = OwnersFile.Read("CODEOWNERS", "a.sh @alice\nb.sh @bob @alice\n"u8);

    private readonly FollowedBranch _branch = new();

    [Theory]
    [InlineData("the first look", "a.sh:x", "")]
    [InlineData("one more", "a.sh:x | a.sh:x b.sh:y", "b.sh:y")]
    [InlineData("nothing new", "a.sh:x | a.sh:x", "")]
    [InlineData("it comes back", "a.sh:x | | a.sh:x", "a.sh:x")]
    [InlineData("a file is renamed", "a.sh:x@1 | b.sh:x@1", "")]
    [InlineData("the first look of another check", "a.sh:x | a.sh:x secrets/a.sh:y", "")]
    public void only_what_was_not_there_is_told(string what, string builds, string expected)
    {
        FindingsMove? last = null;
        foreach (var found in builds.Split('|')) last = _branch.Build(found);
        Assert.True(expected == Words(last!), $"{what}: {Words(last!)}");
    }

    [Fact]
    public void an_advisory_of_today_is_told_though_no_file_has_changed()
    {
        _branch.Build("");
        Assert.Equal("a.sh:x", Words(_branch.End(Changed("a.sh:x", static seen => seen with { WasThere = true }))!));
    }

    [Fact]
    public void what_is_known_accepted_or_milder_is_not_told()
    {
        _branch.Build("");
        var until = new FindingAcceptance(new DateOnly(2099, 1, 1), "alice", "a test key");
        Assert.Equal("", Words(_branch.End(Changed("a.sh:x", static seen => seen with { IsKnown = true }))!));
        Assert.Equal("", Words(_branch.End(Changed("a.sh:x a.sh:y", seen => seen with { Accepted = until }))!));
        Assert.Equal("", Words(_branch.End(Changed("b.sh:y", static seen => seen with { Severity = Severity.Medium }))!));
    }

    [Fact]
    public void the_message_names_the_worst_and_their_owners()
    {
        _branch.Build("");
        var found = string.Join(' ', Enumerable.Range(0, 12).Select(static i => $"a.sh:x{i}")) + " b.sh:z";
        var look = Changed(found, static seen => seen.Mark.Content == "z" ? seen with { Severity = Severity.Critical } : seen);
        look = look with { Owners = SevereNews.OwnersOf(Owners, look.Findings) };
        var told = SevereNews.Of(Queued(PlanOf()), look, _branch.End(look)!, NoLinks)!;
        Assert.Equal((13, 10, "b.sh", Severity.Critical, "tidy", null), (
            told.Count, told.Findings.Count, told.Findings[0].Path, told.Findings[0].Severity, told.RepositoryName, told.LogUrl));
        Assert.Equal([new OwnerOfFiles("@alice", 2), new OwnerOfFiles("@bob", 1)], told.Owners);
    }

    [Fact]
    public void files_that_nobody_owns_and_findings_of_the_whole_tree_name_nobody()
    {
        Assert.Empty(SevereNews.OwnersOf(file: null, _branch.Look("a.sh:x").Findings));
        Assert.Empty(SevereNews.OwnersOf(Owners, _branch.Look("c.sh:x").Findings));
        var none = OwnersFile.Read("CODEOWNERS", Encoding.UTF8.GetBytes("* @alice\n"));
        var look = _branch.Look("a.sh:x");
        Assert.Empty(SevereNews.OwnersOf(none, look.Findings.Select(static seen => seen with { Mark = seen.Mark with { Path = "" } })));
    }

    private FindingLook Changed(string found, Func<SeenFinding, SeenFinding> change)
    {
        var look = _branch.Look(found, looked: "shellcheck");
        return look with { Findings = [.. look.Findings.Select(change)] };
    }

    private static string Words(FindingsMove move)
        => string.Join(' ', move.Severe.Select(static row => $"{row.Path}:{row.Content}").Order(StringComparer.Ordinal));
}
