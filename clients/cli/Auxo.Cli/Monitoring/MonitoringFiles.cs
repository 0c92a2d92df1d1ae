using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

using Auxo.Contracts;

namespace Auxo.Cli.Monitoring;

/// <summary>
/// The files of <c>deploy/</c> with this instance's addresses in them; pure. They are the one source: what somebody copies by hand and
/// what is started here ask the same questions and know the same rules.
/// </summary>
internal static partial class MonitoringFiles
{
    private const string Provisioning = "grafana/provisioning/";
    private const string SystemDashboards = "/etc/grafana/provisioning/dashboards/auxo";

    /// <summary>The files of <c>deploy/</c>, by their path in it.</summary>
    public static IReadOnlyDictionary<string, string> Deploy { get; } = Read();

    /// <summary>The files of all three programs, by their path in the folder for monitoring.</summary>
    /// <param name="place">Where they go, and on which ports the programs listen.</param>
    /// <param name="services">Where Auxo's services answer.</param>
    /// <param name="hasToken">Whether a token lies in <see cref="MonitoringPlace.TokenFile"/>.</param>
    /// <param name="isSystemGrafana">They are for the system's own Grafana, which may read nothing in a folder of Auxo.</param>
    public static IReadOnlyDictionary<string, string> For(
        MonitoringPlace place, IReadOnlyDictionary<string, Uri> services, bool hasToken, bool isSystemGrafana)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, text) in Deploy) files[path] = WithAddresses(path, text, place, services);
        if (hasToken)
        {
            var authorization = $"authorization: {{credentials_file: {Quoted(place.TokenFile)}}}";
            files["prometheus/prometheus.yml"] = files["prometheus/prometheus.yml"].Replace(
                "\n    static_configs:\n", $"\n    {authorization}\n    static_configs:\n");
            files["alertmanager/alertmanager.yml"] = files["alertmanager/alertmanager.yml"].Replace(
                "        send_resolved: true\n", $"        send_resolved: true\n        http_config: {{{authorization}}}\n");
        }

        const string dashboards = Provisioning + "dashboards/auxo.yaml";
        if (!isSystemGrafana)
            files[dashboards] = files[dashboards].Replace(
                SystemDashboards, Quoted(Path.Combine(place.Root, Provisioning, "dashboards", "auxo")));
        files["grafana/grafana.ini"] = GrafanaSettings(place);
        return files;
    }

    /// <summary>A listener for this machine only, a password of its own, nothing sent to its makers.</summary>
    private static string GrafanaSettings(MonitoringPlace place) => $$"""
        [server]
        http_addr = 127.0.0.1
        http_port = {{place.Ports["grafana"].ToString(CultureInfo.InvariantCulture)}}

        [paths]
        data = {{place.Data("grafana")}}
        logs = {{Path.Combine(place.Data("grafana"), "log")}}
        plugins = {{Path.Combine(place.Data("grafana"), "plugins")}}
        provisioning = {{Path.Combine(place.Root, "grafana", "provisioning")}}

        [security]
        admin_user = admin
        admin_password = $__file{{{place.PasswordFile}}}

        [users]
        allow_sign_up = false

        [analytics]
        reporting_enabled = false
        check_for_updates = false
        check_for_plugin_updates = false

        """;

    /// <summary>Each address of a usual port becomes the one that there really is.</summary>
    private static string WithAddresses(
        string path, string text, MonitoringPlace place, IReadOnlyDictionary<string, Uri> services)
        => path.EndsWith(".json", StringComparison.Ordinal) ? text : Address().Replace(text, found =>
        {
            var port = int.Parse(found.Groups["port"].ValueSpan, CultureInfo.InvariantCulture);
            if (KnownServices.Names.FirstOrDefault(name => KnownServices.UsualPort(name) == port) is { } service)
                return services[service].Authority;
            return port switch
            {
                9090 => place.Address("prometheus").Authority,
                9093 => place.Address("alertmanager").Authority,
                _ => throw new InvalidOperationException($"deploy/{path} names 127.0.0.1:{port}, which is nobody's usual port."),
            };
        });

    /// <summary>As YAML takes it, whatever is in it.</summary>
    private static string Quoted(string text) => $"'{text.Replace("'", "''")}'";

    private static SortedDictionary<string, string> Read()
    {
        const string prefix = "deploy/";
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var program = typeof(MonitoringFiles).Assembly;
        foreach (var name in program.GetManifestResourceNames().Where(static n => n.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(program.GetManifestResourceStream(name)!, Encoding.UTF8);
            files[name[prefix.Length..]] = reader.ReadToEnd();
        }

        return files;
    }

    [GeneratedRegex(@"127\.0\.0\.1:(?<port>[0-9]{1,5})", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Address();
}
