using Auxo.Api;
using Auxo.Cli.Mesh;

namespace Auxo.Cli.Tests.Mesh;

public sealed class MatrixTextTests
{
    private static readonly DateTimeOffset Now = CliResult.Now;

    [Fact]
    public void three_nodes_are_shown_with_their_round_trips()
    {
        var matrix = new MeshMatrix(
            [Node("ann-laptop"), Node("build"), Node("cil")],
            [
                Pair("ann-laptop", "build", "direct", 0.0042), Pair("ann-laptop", "cil", "relayed", 0.08),
                Pair("build", "ann-laptop", "connected"),
                Pair("build", "cil", "failing", 0.01), Pair("cil", "ann-laptop", "silent"), Pair("cil", "build", "warning", 1.24),
            ]);

        Assert.Equal(
            [
                "                   1       2       3",
                "1 ann-laptop       ·   ✓ 4ms  ~ 80ms",
                "2 build            +       ·       ✗",
                "3 cil              ?  ! 1.2s       ·",
            ],
            Plain(matrix, 80));
    }

    [Theory]
    [InlineData(12, 80, 1)]
    [InlineData(32, 80, 2)]
    [InlineData(32, 200, 1)]
    public void many_nodes_fit_into_the_terminal_each_with_its_number(int count, int width, int headers)
    {
        var nodes = Enumerable.Range(1, count).Select(static i => Node($"node-{i}")).ToList();
        var matrix = new MeshMatrix(nodes, [.. nodes.SelectMany(a => nodes.Where(b => b != a).Select(
            b => Pair(a.Name, b.Name, b.Name == "node-7" ? "failing" : "direct", 0.0123)))]);

        var lines = Plain(matrix, width);

        Assert.Equal(headers + count, lines.Count);
        Assert.All(lines, l => Assert.InRange(l.Length, 1, width));
        Assert.Equal(count - 1, lines.Skip(headers).Count(static l => l.Contains('✗', StringComparison.Ordinal)));
        Assert.EndsWith($"{count % 10}", lines[headers - 1], StringComparison.Ordinal);
    }

    [Fact]
    public void a_name_that_is_no_word_breaks_nothing()
    {
        var matrix = new MeshMatrix([Node("[red]\u001b[2J" + new string('x', 90)), Node("b")], []);

        Assert.All(Plain(matrix, 80), static l => Assert.DoesNotContain('\u001b', l));
    }

    [Theory]
    [InlineData(0.0004, "<1ms")]
    [InlineData(0.0042, "4ms")]
    [InlineData(0.9996, "1.0s")]
    [InlineData(12.4, "12s")]
    public void a_round_trip_is_short(double seconds, string text) => Assert.Equal(text, MatrixText.Time(seconds));

    [Fact]
    public void the_worst_is_first_and_what_has_one_cause_is_one_line()
    {
        var matrix = new MeshMatrix(
            [
                Node("ann") with { Problems = [new MeshProblem("disk radicle", "warning", "84 % used", 84, "free some room")] },
                Node("bob") with { SilentSeconds = 740 }, Node("cil") with { Violations = ["rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5"] },
                Node("dan") with { ClockSkewSeconds = -3 * 365 * 86_400.0, KeyExpiry = Now.AddHours(-1) },
            ],
            [
                Pair("ann", "dan", "warning") with { Cause = "older refs", NextOn = "ann", Next = "rad sync" },
                Pair("bob", "ann", "silent") with { Cause = "bob is silent for 12 min" },
                Pair("ann", "bob", "failing") with { Cause = "not connected", NextOn = "bob", Next = "auxo node fix" },
                Pair("cil", "bob", "failing") with { Cause = "not connected", NextOn = "bob", Next = "auxo node fix" },
            ]);

        Assert.Equal(
            [
                ("cil", "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5 is not as private as it should be", "auxo node health"),
                ("bob", "silent for 12 min 20 s", "auxo agent --once"), ("ann → bob, cil → bob", "not connected", "auxo node fix"),
                ("ann → dan", "older refs", "rad sync"), ("ann", "disk radicle: 84 % used", "free some room"),
                ("dan", "its key of the VPN has ended", "tailscale up --force-reauth"),
                ("dan", "its clock is 1095 days behind", "timedatectl set-ntp true"),
            ],
            MeshTrouble.Of(matrix, Now).Select(static t => (t.Who, t.Text, t.Next!)));
    }

    private static IReadOnlyList<string> Plain(MeshMatrix matrix, int width)
        => [.. MatrixText.Lines(matrix, width).Select(Spectre.Console.Markup.Remove)];

    private static MeshMember Node(string name) => new(
        name, "z6Mk" + name, "", "1.10.0", Now, SilentSeconds: null, IsUp: true, ClockSkewSeconds: 0, KeyExpiry: null, [], []);

    private static MeshPair Pair(string from, string to, string state, double? rtt = null)
        => new(from, to, state, rtt, LastHandshake: null, RefsEqual: null, [], Asymmetric: false, Cause: null, NextOn: null, Next: null);
}
