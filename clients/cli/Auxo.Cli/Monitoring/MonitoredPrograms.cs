using System.Globalization;

namespace Auxo.Cli.Monitoring;

/// <summary>What is started for one of the three.</summary>
/// <param name="Program">Where it is.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record MonitoredProgram(string Program, IReadOnlyList<string> Arguments);

/// <summary>Which programs there are under which names, how they are started, and how they are installed; pure but for looking.</summary>
internal static class MonitoredPrograms
{
    /// <summary>Where packages put programs that may not be on PATH.</summary>
    private static readonly string[] Folders =
        ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/opt/homebrew/bin", "/usr/share/grafana/bin", "/usr/local/sbin"];

    /// <summary>Where Grafana's own files are: its program does not start without.</summary>
    private static readonly string[] GrafanaHomes =
        ["/usr/share/grafana", "/opt/homebrew/opt/grafana/share/grafana", "/usr/local/opt/grafana/share/grafana"];

    /// <summary>The names under which a program is known, the likeliest first.</summary>
    public static IReadOnlyList<string> NamesOf(string name) => name switch
    {
        "alertmanager" => ["prometheus-alertmanager", "alertmanager"],
        "grafana" => ["grafana", "grafana-server"],
        _ => ["prometheus"],
    };

    /// <summary>A length of time as Prometheus writes it: a number and one of h, d, w, y.</summary>
    public static bool IsRetention(string text)
        => text.Length is >= 2 and <= 6 && text[^1] is 'h' or 'd' or 'w' or 'y'
            && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0;

    /// <summary>Finds one of the three; null when it is nowhere.</summary>
    /// <param name="name">Which.</param>
    /// <param name="searchPath">PATH.</param>
    /// <param name="exists">Whether there is a file.</param>
    public static string? Find(string name, string? searchPath, Func<string, bool> exists)
        => NamesOf(name).SelectMany(program => (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(Folders).Select(folder => Path.Combine(folder, program))).FirstOrDefault(exists);

    /// <summary>How it is started.</summary>
    /// <param name="name">Which of the three.</param>
    /// <param name="program">Where it was found.</param>
    /// <param name="place">Where its files are.</param>
    /// <param name="retention">How long Prometheus keeps values.</param>
    /// <param name="exists">Whether there is a file.</param>
    public static MonitoredProgram Start(
        string name, string program, MonitoringPlace place, string retention, Func<string, bool> exists)
    {
        var (folder, address) = (place.Folder(name), place.Address(name).Authority);
        return name switch
        {
            "prometheus" => new MonitoredProgram(program,
            [
                $"--config.file={Path.Combine(folder, "prometheus.yml")}", $"--storage.tsdb.path={place.Data(name)}",
                $"--storage.tsdb.retention.time={retention}", $"--web.listen-address={address}",
            ]),
            "alertmanager" => new MonitoredProgram(program,
            [
                // Alone: else it looks for others of its kind on a port that everybody reaches.
                $"--config.file={Path.Combine(folder, "alertmanager.yml")}", $"--storage.path={place.Data(name)}",
                $"--web.listen-address={address}", "--cluster.listen-address=",
            ]),
            _ => new MonitoredProgram(program,
            [
                .. Path.GetFileName(program) == "grafana" ? ["server"] : Array.Empty<string>(),
                $"--config={Path.Combine(folder, "grafana.ini")}",
                .. GrafanaHome(program, exists) is { } home ? [$"--homepath={home}"] : Array.Empty<string>(),
            ]),
        };
    }

    /// <summary>What to do about one that is missing.</summary>
    /// <param name="name">Which.</param>
    /// <param name="has">Whether a program is installed.</param>
    public static IReadOnlyList<string> Install(string name, Func<string, bool> has)
    {
        if (has("brew") && !has("apt-get")) return [$"brew install {name}"];
        if (!has("apt-get")) return [$"install the package '{name}' of this system, or: {Download(name)}"];
        return name switch
        {
            "grafana" =>
            [
                "Debian has no package of it; its makers have:",
                "https://grafana.com/docs/grafana/latest/setup-grafana/installation/debian/",
            ],
            "alertmanager" => ["sudo apt install prometheus-alertmanager", "sudo systemctl disable --now prometheus-alertmanager"],
            _ => ["sudo apt install --no-install-recommends prometheus", "sudo systemctl disable --now prometheus"],
        };
    }

    private static string Download(string name)
        => name == "grafana" ? "https://grafana.com/grafana/download" : "https://prometheus.io/download/";

    private static string? GrafanaHome(string program, Func<string, bool> exists)
        => GrafanaHomes.Append(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(program)!, "..")))
            .FirstOrDefault(home => exists(Path.Combine(home, "conf", "defaults.ini")));
}
