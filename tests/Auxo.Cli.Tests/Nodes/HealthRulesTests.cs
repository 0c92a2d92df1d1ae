using Auxo.Cli.Nodes;
using Auxo.Cli.Nodes.Health;
using Auxo.Instances;

namespace Auxo.Cli.Tests.Nodes;

public sealed class HealthRulesTests
{
    [Theory]
    [InlineData(79.9, "Fine")]
    [InlineData(80, "Warning")]
    [InlineData(89.9, "Warning")]
    [InlineData(90, "Critical")]
    public void a_disk_warns_at_80_and_is_critical_at_90_percent(double used, string state)
    {
        var items = HealthRules.Machine(new MachineReading(
            [new DiskReading("auxo", "/srv/auxo", used, 5_000_000_000)], new MemoryReading(used, 1 << 30), used, TimeSpan.FromHours(30)))
            .ToDictionary(static i => i.Name, StringComparer.Ordinal);

        Assert.Equal(state, items["disk auxo"].State.ToString());
        Assert.Equal(state, items["memory"].State.ToString());
        Assert.Contains("4.7 GiB free", items["disk auxo"].Text, StringComparison.Ordinal);
        Assert.Equal("1 day 6 h", items["uptime"].Text);
    }

    [Theory]
    [InlineData(69.9, "Fine")]
    [InlineData(70, "Warning")]
    [InlineData(90, "Critical")]
    public void processors_warn_at_70_and_are_critical_at_90_percent(double busy, string state)
        => Assert.Equal(state, HealthRules.Of(busy, HealthRules.Cpu).ToString());

    [Fact]
    public void what_the_system_does_not_tell_is_said_and_is_no_alarm()
        => Assert.All(
            HealthRules.Machine(new MachineReading([], Memory: null, CpuPercent: null, Uptime: null)),
            static i => Assert.Equal((HealthState.Fine, "this system does not tell"), (i.State, i.Text)));

    [Fact]
    public void the_busy_share_counts_waiting_for_a_disk_as_idle_and_a_guest_once()
    {
        var before = CpuTimes.Parse("cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1 1 1 1\n");
        var after = CpuTimes.Parse("cpu  150 0 110 720 120 0 0 0 90 0\n");

        Assert.Equal(new CpuTimes(800, 1000), before);
        Assert.Equal(60.0, CpuTimes.BusyPercent(before, after)!.Value, 3);
        Assert.Null(CpuTimes.BusyPercent(before, before));
        Assert.Null(CpuTimes.BusyPercent(null, after));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu")]
    [InlineData("cpu 1 2 3 x 5\n")]
    [InlineData("cpu0 1 2 3 4 5\n")]
    public void a_stat_of_another_form_is_not_guessed_at(string text) => Assert.Null(CpuTimes.Parse(text));

    [Fact]
    public void memory_is_what_a_new_program_cannot_have_not_what_is_not_free()
    {
        var memory = ReadMachine.Memory("MemTotal:       1000 kB\nMemFree:          10 kB\nMemAvailable:    250 kB\n");

        Assert.Equal(new MemoryReading(75, 250 << 10), memory);
        Assert.Null(ReadMachine.Memory("MemTotal: 1000 kB\n"));
        Assert.Null(ReadMachine.Memory(""));
    }

    [Fact]
    public void a_node_that_does_not_answer_is_critical_and_one_without_peers_warns()
    {
        var stopped = Assert.Single(HealthRules.Node(new NodeReading(null, null, 0, 0, "The node is not running.")));
        Assert.Equal((HealthState.Critical, "The node is not running."), (stopped.State, stopped.Text));

        var alone = HealthRules.Node(new NodeReading("z6MkA", 7, 0, 2, null)).ToList();
        Assert.Equal([HealthState.Fine, HealthState.Warning], alone.Select(static i => i.State));
        Assert.Equal("runs as z6MkA, process 7", alone[0].Text);
        Assert.Equal("2 connected, 3 known", HealthRules.Node(new NodeReading("z6MkA", 7, 2, 3, null)).Last().Text);
    }

    [Fact]
    public void a_port_is_fine_with_its_owner_and_critical_with_nobody_or_another_program()
    {
        static HealthItem Of(bool up, int? expected, PortHolder? holder)
            => HealthRules.Port(new PortReading(8888, "ingest", up, expected, holder, "AUXO_PORTS_INGEST"));

        Assert.Equal(
            (HealthState.Fine, "ingest: Auxo.Ingest (process 7)"), Seen(Of(up: true, 7, new PortHolder(7, "Auxo.Ingest"))));
        Assert.Equal(
            (HealthState.Critical, "nginx (process 9) holds it, not ingest (process 7)"),
            Seen(Of(up: true, 7, new PortHolder(9, "nginx"))));
        Assert.Equal((HealthState.Critical, "nobody listens, and ingest should"), Seen(Of(up: true, 7, null)));
        Assert.Equal((HealthState.Fine, "ingest: a process of another user"), Seen(Of(up: true, 7, new PortHolder(null, null))));
        Assert.Equal((HealthState.Fine, "free, for ingest"), Seen(Of(up: false, null, null)));
        var taken = Of(up: false, null, new PortHolder(9, "nginx"));
        Assert.Equal((HealthState.Warning, "nginx (process 9) holds it, and ingest needs it"), Seen(taken));
        Assert.Equal("stop it, or choose another: AUXO_PORTS_INGEST=<port>", taken.Next);

        static (HealthState, string) Seen(HealthItem item) => (item.State, item.Text);
    }

    [Fact]
    public void failed_builds_are_counted_and_are_no_failure_of_the_node()
    {
        Assert.Equal("7 in the last hour, 2 failed", HealthRules.Jobs(new JobsReading(7, 2)).Text);
        Assert.Equal(HealthState.Fine, HealthRules.Jobs(new JobsReading(7, 7)).State);
        Assert.Equal("at least 7 in the last hour, 2 failed", HealthRules.Jobs(new JobsReading(7, 2, IsCut: true)).Text);
        Assert.Equal(HealthState.Warning, HealthRules.Jobs(new JobsReading(0, 0, Problem: "silent")).State);
    }

    [Fact]
    public void an_alert_about_a_healthy_node_has_nothing_to_show()
    {
        HealthItem fine = new("disk auxo", HealthState.Fine, ""), full = new("disk radicle", HealthState.Warning, "");

        Assert.Empty(ShowHealth.Shown([fine], alert: true));
        Assert.Equal([full], ShowHealth.Shown([fine, full], alert: true));
        Assert.Equal([fine, full], ShowHealth.Shown([fine, full], alert: false));
    }

    [Theory]
    [InlineData("0.0.0.0:8776", 8776)]
    [InlineData("[::]:8776", 8776)]
    [InlineData("http://127.0.0.1:8888", 8888)]
    [InlineData("node.example.org", null)]
    [InlineData("1.2.3.4:0", null)]
    [InlineData("1.2.3.4:99999", null)]
    public void a_port_is_the_number_after_the_last_colon(string address, int? port) => Assert.Equal(port, ReadNode.PortOf(address));
}
