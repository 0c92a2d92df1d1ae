using Auxo.Cli.Monitoring;
using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Cli.Tests.Monitoring;

/// <summary>What is written for the three programs, and how they are found and started.</summary>
public sealed class MonitoringFilesTests
{
    private static readonly Dictionary<string, Uri> Usual = KnownServices.Names.ToDictionary(
        static name => name, static name => new Uri($"http://127.0.0.1:{KnownServices.UsualPort(name)}/"), StringComparer.Ordinal);

    [Fact]
    public void at_the_usual_addresses_the_files_are_those_of_deploy()
    {
        var files = MonitoringFiles.For(Place(9090, 9093, 3000), Usual, hasToken: false, isSystemGrafana: true);

        Assert.Equal(MonitoringFiles.Deploy, files.Where(static file => file.Key != "grafana/grafana.ini"));
        Assert.Contains("prometheus/auxo.rules.yml", files.Keys);
        Assert.Contains("grafana/provisioning/dashboards/auxo/dora.json", files.Keys);
        Assert.DoesNotContain(files.Keys, static path => path.Contains("test", StringComparison.Ordinal));
    }

    [Fact]
    public void other_addresses_stand_wherever_the_usual_ones_did_even_when_they_change_places()
    {
        // The ports of metrics and ingest are each other's.
        var services = new Dictionary<string, Uri>(Usual, StringComparer.Ordinal)
        {
            ["metrics"] = new("http://127.0.0.1:8888/"), ["ingest"] = new("http://127.0.0.1:9100/"),
            ["notify"] = new("http://build.example.org:9000/"),
        };
        var files = MonitoringFiles.For(Place(19090, 19093, 13000), services, hasToken: false, isSystemGrafana: false);

        Assert.Contains(
            "job_name: radicle\n    static_configs:\n      - targets: ['127.0.0.1:8888']", files["prometheus/prometheus.yml"],
            StringComparison.Ordinal);
        Assert.Contains("- targets: ['127.0.0.1:19093']", files["prometheus/prometheus.yml"], StringComparison.Ordinal);
        Assert.Contains(
            "url: http://build.example.org:9000/api/v1/alerts\n", files["alertmanager/alertmanager.yml"], StringComparison.Ordinal);
        Assert.Contains(
            "url: http://127.0.0.1:19090\n", files["grafana/provisioning/datasources/auxo.yaml"], StringComparison.Ordinal);
        Assert.Contains(
            "path: '/a''s home/monitoring/grafana/provisioning/dashboards/auxo'\n", files["grafana/provisioning/dashboards/auxo.yaml"],
            StringComparison.Ordinal);
        Assert.Contains("http_addr = 127.0.0.1\nhttp_port = 13000\n", files["grafana/grafana.ini"], StringComparison.Ordinal);
        Assert.Contains("$__file{/a's home/monitoring/grafana/admin.password}", files["grafana/grafana.ini"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task with_a_token_every_page_is_asked_with_it()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-'monitoring-");
        var place = new MonitoringPlace(folder.FullName, Place(9090, 9093, 3000).Ports);
        var files = MonitoringFiles.For(place, Usual, hasToken: true, isSystemGrafana: false);

        Assert.Equal(5, files["prometheus/prometheus.yml"].Split("\n    authorization: {").Length - 1);
        Assert.Contains("        http_config: {authorization: {", files["alertmanager/alertmanager.yml"], StringComparison.Ordinal);
        // The programs' own checks read the file of the token.
        await File.WriteAllTextAsync(place.TokenFile, "auxo_x", TestContext.Current.CancellationToken);
        foreach (var path in (string[])["prometheus/prometheus.yml", "prometheus/auxo.rules.yml", "alertmanager/alertmanager.yml"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(place.Root, path))!);
            await File.WriteAllTextAsync(Path.Combine(place.Root, path), files[path], TestContext.Current.CancellationToken);
        }

        await Tool.RunAsync("promtool", ["check", "config", Path.Combine(place.Root, "prometheus/prometheus.yml")]);
        await Tool.RunAsync("amtool", ["check-config", Path.Combine(place.Root, "alertmanager/alertmanager.yml")]);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void programs_are_found_under_debians_and_under_their_makers_names()
    {
        Assert.Equal("/opt/x/prometheus", Find("prometheus", "/opt/x/prometheus"));
        Assert.Equal("/usr/bin/prometheus-alertmanager", Find("alertmanager", "/opt/x/alertmanager", "/usr/bin/prometheus-alertmanager"));
        Assert.Equal("/opt/x/alertmanager", Find("alertmanager", "/opt/x/alertmanager"));
        Assert.Equal("/usr/sbin/grafana-server", Find("grafana", "/usr/sbin/grafana-server"));
        Assert.Null(Find("grafana", "/usr/bin/prometheus"));

        static string? Find(string name, params string[] there) => MonitoredPrograms.Find(name, "/opt/x::/bin", there.Contains);
    }

    [Fact]
    public void they_listen_on_this_machine_only()
    {
        var place = Place(9091, 9094, 3001);
        var prometheus = MonitoredPrograms.Start("prometheus", "/p", place, "90d", static _ => false);
        Assert.Contains("--web.listen-address=127.0.0.1:9091", prometheus.Arguments);
        Assert.Contains("--storage.tsdb.retention.time=90d", prometheus.Arguments);
        var alertmanager = MonitoredPrograms.Start("alertmanager", "/a", place, "90d", static _ => false);
        Assert.Contains("--web.listen-address=127.0.0.1:9094", alertmanager.Arguments);
        Assert.Contains("--cluster.listen-address=", alertmanager.Arguments);
        Assert.Equal(
            ["server", "--config=/a's home/monitoring/grafana/grafana.ini", "--homepath=/usr/share/grafana"],
            MonitoredPrograms.Start("grafana", "/usr/sbin/grafana", place, "90d", static path
                => path == "/usr/share/grafana/conf/defaults.ini").Arguments);
        Assert.Equal(
            ["--config=/a's home/monitoring/grafana/grafana.ini", "--homepath=/opt/grafana"],
            MonitoredPrograms.Start("grafana", "/opt/grafana/bin/grafana-server", place, "90d", static path
                => path == "/opt/grafana/conf/defaults.ini").Arguments);
    }

    [Fact]
    public void what_is_missing_is_said_with_the_command_that_installs_it()
    {
        Assert.Equal("sudo apt install --no-install-recommends prometheus", MonitoredPrograms.Install("prometheus", Apt)[0]);
        Assert.Equal("sudo apt install prometheus-alertmanager", MonitoredPrograms.Install("alertmanager", Apt)[0]);
        Assert.Contains("grafana.com", MonitoredPrograms.Install("grafana", Apt)[1], StringComparison.Ordinal);
        Assert.Equal(["brew install alertmanager"], MonitoredPrograms.Install("alertmanager", static program => program == "brew"));
        Assert.Contains("https://", Assert.Single(MonitoredPrograms.Install("prometheus", static _ => false)), StringComparison.Ordinal);

        static bool Apt(string program) => program == "apt-get";
    }

    [Theory]
    [InlineData("1y", true)]
    [InlineData("90d", true)]
    [InlineData("99999h", true)]
    [InlineData("0d", false)]
    [InlineData("", false)]
    [InlineData("y", false)]
    [InlineData("1.5y", false)]
    [InlineData("-1y", false)]
    [InlineData("1y --web.enable-admin-api", false)]
    [InlineData("999999999999y", false)]
    [InlineData("10", false)]
    public void a_retention_is_a_number_and_a_unit(string text, bool isOne) => Assert.Equal(isOne, MonitoredPrograms.IsRetention(text));

    private static MonitoringPlace Place(int prometheus, int alertmanager, int grafana) => new(
        "/a's home/monitoring", new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["prometheus"] = prometheus, ["alertmanager"] = alertmanager, ["grafana"] = grafana,
        });
}
