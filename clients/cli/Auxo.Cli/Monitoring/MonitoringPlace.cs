using System.Globalization;

using Auxo.Cli.Instances;

namespace Auxo.Cli.Monitoring;

/// <summary>Where the three programs keep what, and on which ports they listen.</summary>
/// <param name="Root"><c>AUXO_HOME/monitoring</c>.</param>
/// <param name="Ports">The port of each, on loopback only.</param>
internal sealed record MonitoringPlace(string Root, IReadOnlyDictionary<string, int> Ports)
{
    /// <summary>In the order in which they are started.</summary>
    public static readonly IReadOnlyList<string> Names = ["alertmanager", "prometheus", "grafana"];

    private static readonly Dictionary<string, int> Usual = new(StringComparer.Ordinal)
    {
        ["prometheus"] = 9090, ["alertmanager"] = 9093, ["grafana"] = 3000,
    };

    /// <summary>A token for <c>/metrics</c> and for notify where Auxo does not listen on loopback; the operator puts it there.</summary>
    public string TokenFile => Path.Combine(Root, "auxo.token");

    /// <summary>How long Prometheus keeps values, as it was said last.</summary>
    public string RetentionFile => Path.Combine(Folder("prometheus"), "retention");

    /// <summary>Grafana's administrator's password.</summary>
    public string PasswordFile => Path.Combine(Folder("grafana"), "admin.password");

    /// <summary>That of the instance which the command line finds.</summary>
    /// <exception cref="CliException">A port is none.</exception>
    public static MonitoringPlace Of(CliHost host) => new(
        Instance.Layout(host).Monitoring,
        Names.ToDictionary(static name => name, name => Port(host, name), StringComparer.Ordinal));

    /// <summary>
    /// What was said last of how long values stay: a start that does not say it must not forget what another one was to keep. Null before
    /// the first.
    /// </summary>
    public string? LastRetention() => File.Exists(RetentionFile) ? File.ReadAllText(RetentionFile).Trim() : null;

    /// <summary>What one of them has for itself.</summary>
    public string Folder(string name) => Path.Combine(Root, name);

    /// <summary>What it writes that is to stay.</summary>
    public string Data(string name) => Path.Combine(Folder(name), "data");

    /// <summary>What it says.</summary>
    public string Log(string name) => Path.Combine(Folder(name), name + ".log");

    /// <summary>The process that was started, and of what it was made.</summary>
    public string StateFile(string name) => Path.Combine(Folder(name), "started");

    /// <summary>Where it answers.</summary>
    public Uri Address(string name) => new($"http://127.0.0.1:{Ports[name].ToString(CultureInfo.InvariantCulture)}/");

    private static int Port(CliHost host, string name)
    {
        var setting = Auxo.Instances.Ports.Setting(name);
        if (host.Variable(setting) is not { Length: > 0 } text) return Usual[name];
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw new CliException(ExitCode.Usage, $"{setting} is '{text}', which is no port.", $"The usual one is {Usual[name]}.");
    }
}
