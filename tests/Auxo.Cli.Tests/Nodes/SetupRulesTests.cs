using Auxo.Cli.Nodes.SettingUp;

namespace Auxo.Cli.Tests.Nodes;

public sealed class SetupRulesTests
{
    [Theory]
    [InlineData("ann-laptop", true)]
    [InlineData("ü", true)]
    [InlineData("", false)]
    [InlineData("ann laptop", false)]
    [InlineData("a\tb", false)]
    [InlineData("<ann>", false)]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456", false)]
    public void an_alias_has_1_to_32_bytes_and_no_spaces(string text, bool isOne)
        => Assert.Equal(isOne ? text : null, SetupRules.Alias(text));

    [Fact]
    public void every_port_is_opened_on_the_mesh_only()
    {
        var ports = SetupRules.Ports(["0.0.0.0:8777"], static _ => null);
        var ufw = SetupRules.Firewall("ufw", "wg0", ports).ToList();
        Assert.Equal(7, ufw.Count);
        Assert.All(ufw, static line => Assert.StartsWith("sudo ufw allow in on wg0 to any port ", line, StringComparison.Ordinal));
        Assert.Contains("sudo ufw allow in on wg0 to any port 8777 proto tcp", ufw);
        Assert.Contains(
            "sudo firewall-cmd --permanent --zone=auxo-mesh --add-port=8888/tcp", SetupRules.Firewall("firewalld", "wg0", ports));
        Assert.Contains(
            SetupRules.Firewall("nft", "wg0", SetupRules.Ports([], static _ => null)),
            static l => l.Contains(
                "iifname != { \"lo\", \"wg0\" } tcp dport { 8081, 8776, 8880, 8888, 8890, 9000, 9100 } drop", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lo,eth0,wg0,tailscale0", "tailscale0")]
    [InlineData("lo,eth0,wg1", "wg1")]
    [InlineData("lo,eth0", null)]
    public void the_mesh_is_the_interface_that_looks_like_one(string interfaces, string? mesh)
        => Assert.Equal(mesh, SetupRules.Mesh(interfaces.Split(',')));

    [Fact]
    public void the_ports_are_those_that_are_set()
        => Assert.Equal(
            [1234, 8081, 8776, 8777, 8880, 8888, 9000, 9100],
            SetupRules.Ports(["0.0.0.0:8777", "[::]:8776", "nonsense"], static name => name switch
            {
                "AUXO_PORTS_PIPELINE" => "1234", "AUXO_PORTS_NOTIFY" => "x", _ => null,
            }));

    [Fact]
    public void without_an_interface_it_says_what_to_name()
    {
        Assert.Equal(
            "there is no interface here that looks like a mesh's or a VPN's; here are: lo, eth0. When it is there: "
                + "auxo node setup --mesh INTERFACE", SetupRules.NoMesh(named: null, ["lo", "eth0"]));
        Assert.StartsWith("there is no interface wg7 here; here are: lo.", SetupRules.NoMesh("wg7", ["lo"]), StringComparison.Ordinal);
    }

    [Fact]
    public void a_unit_says_every_path_so_that_systemd_reads_it_as_it_is()
    {
        var unit = SetupRules.SystemdUnit("/opt/r bin/radicle-node", "/home/100%/\"x\"", "/usr/bin:/bin");

        Assert.Contains("ExecStart=\"/opt/r bin/radicle-node\" --force\n", unit, StringComparison.Ordinal);
        Assert.Contains("Environment=\"RAD_HOME=/home/100%%/\\\"x\\\"\"\n", unit, StringComparison.Ordinal);
        Assert.Contains("Restart=on-failure\n", unit, StringComparison.Ordinal);
        Assert.True(SetupRules.IsUnitOf(unit, "/home/100%/\"x\""));
        Assert.False(SetupRules.IsUnitOf(unit, "/home/100%"));
        Assert.Contains("<string>/a&amp;b</string>", SetupRules.LaunchdPlist("/p", "/a&b", "/bin"), StringComparison.Ordinal);
    }

    [Fact]
    public void what_is_missing_is_said_with_where_to_get_it()
    {
        Assert.Contains("missing on PATH: git.", SetupRules.Missing(["git"]), StringComparison.Ordinal);
        Assert.Contains("radicle.xyz/install", SetupRules.Missing(["rad"]), StringComparison.Ordinal);
    }
}
