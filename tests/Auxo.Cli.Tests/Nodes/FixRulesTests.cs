using Auxo.Cli.Nodes.Fixing;
using Auxo.Cli.Nodes.SettingUp;
using Auxo.Contracts;

namespace Auxo.Cli.Tests.Nodes;

public sealed class FixRulesTests
{
    private const string Everywhere = "0.0.0.0:8776";
    private static readonly Rid Repository = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");
    private static readonly Did Alice = Did.Parse("did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S");
    private static readonly Did Bob = Did.Parse("did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK");

    [Theory]
    [InlineData(false, null, false, "Skipped")]
    [InlineData(true, "Running", true, "Fine")]
    [InlineData(true, "Running", false, "Needed")]
    [InlineData(true, "Stopped", false, "Needed")]
    [InlineData(true, "NeedsLogin", false, "Blocked")]
    [InlineData(true, null, false, "Needed")]
    public void a_vpn_is_up_when_it_runs_and_is_online(bool installed, string? backend, bool online, string state)
        => Assert.Equal(state, FixRules.Vpn(installed, backend, online).State.ToString());

    [Theory]
    [InlineData("0.0.0.0:8776", true)]
    [InlineData("[::]:8776", true)]
    [InlineData("100.64.0.1:8776", true)]
    [InlineData("127.0.0.1:8776", false)]
    [InlineData("[::1]:8776", false)]
    [InlineData("0.0.0.0:8777", false)]
    [InlineData("", false)]
    public void everywhere_is_answered_by_any_address_that_others_reach(string actual, bool answers)
        => Assert.Equal(answers, FixRules.Answers(actual, Everywhere));

    [Fact]
    public void a_wanted_address_of_one_interface_is_answered_by_itself_only()
    {
        Assert.True(FixRules.Answers("127.0.0.1:8776", "127.0.0.1:8776"));
        Assert.False(FixRules.Answers("10.0.0.2:8776", "10.0.0.1:8776"));
    }

    [Fact]
    public void a_node_is_started_and_its_settings_are_written_only_where_they_must()
    {
        Assert.Equal(FixState.Fine, FixRules.Node([Everywhere], null, [], Everywhere, "c", isUnit: false).State);
        Assert.Equal("rad node start", FixRules.Node(null, null, [Everywhere], Everywhere, "c", isUnit: false).Does);
        Assert.StartsWith("add 0.0.0.0:8776 to node.listen in c; rad node start",
            FixRules.Node(null, null, [], Everywhere, "c", isUnit: false).Does, StringComparison.Ordinal);
        var deaf = FixRules.Node([], null, [], Everywhere, "c", isUnit: false);
        Assert.Equal("runs and listens on nothing, not on 0.0.0.0:8776", deaf.Text);
        Assert.EndsWith("rad node stop; rad node start", deaf.Does, StringComparison.Ordinal);
        Assert.Equal(
            "systemctl --user restart radicle-node", FixRules.Node([], null, [Everywhere], Everywhere, "c", isUnit: true).Does);
        Assert.Equal(FixState.Blocked, FixRules.Node(null, "it belongs to another user", [], Everywhere, "c", isUnit: false).State);
    }

    [Fact]
    public void who_is_allowed_is_changed_by_a_delegate_only()
    {
        Assert.Equal(FixState.Skipped, FixRules.Allowed(null, null, isHere: false, Alice, Bob, isDelegate: false).State);
        Assert.Equal(FixState.Skipped, FixRules.Allowed(Repository, null, isHere: false, Alice, Bob, isDelegate: false).State);
        Assert.Equal(FixState.Fine, FixRules.Allowed(Repository, null, isHere: true, Alice, Bob, isDelegate: false).State);
        Assert.Equal(FixState.Fine, FixRules.Allowed(Repository, [Alice, Bob], isHere: true, Alice, Bob, isDelegate: false).State);
        Assert.Equal(FixState.Blocked, FixRules.Allowed(Repository, [Alice], isHere: true, Bob, Alice, isDelegate: false).State);
        Assert.Equal(FixState.Blocked, FixRules.Allowed(Repository, [Alice], isHere: true, Alice, Bob, isDelegate: false).State);
        var needed = FixRules.Allowed(Repository, [Alice], isHere: true, Alice, Bob, isDelegate: true);
        Assert.Equal(FixState.Needed, needed.State);
        Assert.Contains($"--allow {Bob}", needed.Does, StringComparison.Ordinal);
        Assert.Contains($"--disallow {Bob}", needed.Undo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is being seeded with scope `all`", true, true, "Fine", null)]
    [InlineData("is being seeded with scope `followed`", true, true, "Needed", "rad seed RID --scope followed")]
    [InlineData("is not being seeded", true, false, "Needed", "rad unseed RID")]
    [InlineData("is not being seeded", false, true, "Needed", "rad unseed RID")]
    [InlineData("is not being seeded", false, false, "Blocked", null)]
    [InlineData("", true, true, "Needed", "rad unseed RID")]
    public void a_repository_is_seeded_with_everybody_and_fetched_where_it_is_missing(
        string policy, bool isHere, bool isConnected, string state, string? undo)
    {
        var look = FixRules.Seeding(Repository, policy, isHere, isConnected ? Bob : null);

        Assert.Equal((state, undo?.Replace("RID", Repository.Value, StringComparison.Ordinal)), (look.State.ToString(), look.Undo));
    }

    [Fact]
    public void an_address_is_added_to_the_settings_and_everything_else_stays()
    {
        const string text = """
            {"publicExplorer":"https://x/$nid",
             "node":{"alias":"ü","limits":{"rate":5.0},"listen":["1.2.3.4:1"],"new":{"a":null}}}
            """;

        var changed = NodeConfig.WithListen(text, Everywhere);

        Assert.Equal(["1.2.3.4:1", Everywhere], NodeConfig.Listens(changed));
        Assert.Contains("5.0", changed, StringComparison.Ordinal);
        Assert.Contains("\"ü\"", changed, StringComparison.Ordinal);
        Assert.Contains("https://x/$nid", changed, StringComparison.Ordinal);
        Assert.Same(changed, NodeConfig.WithListen(changed, Everywhere));
        Assert.Equal([Everywhere], NodeConfig.Listens(NodeConfig.WithListen("{}", Everywhere)));
        Assert.Empty(NodeConfig.Peers("""{"node":{"connect":"x","listen":[7]}}"""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"node\":")]
    public void a_broken_settings_file_is_said(string text)
        => Assert.Contains(
            "config.json cannot be read", Assert.Throws<CliException>(() => NodeConfig.Listens(text)).Message, StringComparison.Ordinal);
}
