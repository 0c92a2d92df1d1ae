using System.Globalization;
using System.Net;

using Auxo.Instances;

namespace Auxo.Cli.Monitoring;

/// <summary>
/// <c>auxo monitoring up</c>: files, processes, and a query as proof. Repeatable: what runs as it should is left alone, what was made of
/// other files is started again, and a program that the system runs itself is not fought.
/// </summary>
internal sealed class BringUp(Session session, MonitoringPlace place)
{
    /// <summary>A first scrape comes within its interval of 15 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private CliHost Host => session.Host;

    public async Task<int> RunAsync(string retention, CancellationToken ct)
    {
        var services = session.Clients.Instance.Endpoints;
        using var answers = new ProgramAnswers(place);
        var foreign = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in MonitoringPlace.Names)
        {
            if (new BackgroundProgram(place, name).Running() is null && await answers.IsThereAsync(name, ct)) foreign.Add(name);
        }

        var files = MonitoringFiles.For(place, services, File.Exists(place.TokenFile), foreign.Contains("grafana"));
        Write(files);
        PrivateFiles.Write(place.RetentionFile, retention);
        var parts = new List<MonitoringPart>();
        foreach (var name in MonitoringPlace.Names)
            parts.Add(foreign.Contains(name) ? Yours(name) : await StartAsync(name, files, retention, answers, ct));
        parts = [.. await WithProofAsync(parts, foreign.Contains("prometheus"), answers, ct)];
        return MonitoringPart.Write(session.Terminal, parts, await NotesAsync(parts, foreign, ct));
    }

    private void Write(IReadOnlyDictionary<string, string> files)
    {
        var home = Path.GetDirectoryName(place.Root)!;
        // Beside an Auxo on another machine there need not be one.
        if (!Directory.Exists(home)) PrivateFiles.MakeFolder(home);
        PrivateFiles.MakeFolder(place.Root);
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(place.Root, path);
            PrivateFiles.MakeFolder(Path.GetDirectoryName(file)!);
            if (!File.Exists(file) || File.ReadAllText(file) != text) PrivateFiles.Write(file, text);
        }

        // Grafana shows whatever lies there; a dashboard that there is no more is not to stay.
        foreach (var left in Directory.EnumerateFiles(Path.Combine(place.Root, "grafana/provisioning/dashboards/auxo"))
            .Where(file => !files.ContainsKey(Path.GetRelativePath(place.Root, file))).ToList()) File.Delete(left);
        PrivateFiles.Secret(place.PasswordFile);
    }

    private async Task<MonitoringPart> StartAsync(
        string name, IReadOnlyDictionary<string, string> files, string retention, ProgramAnswers answers, CancellationToken ct)
    {
        if (MonitoredPrograms.Find(name, Host.Variable("PATH"), File.Exists) is not { } found)
            return new MonitoringPart(
                name, name == "prometheus" ? "failed" : "off",
                name == "prometheus" ? "is not installed" : "is not installed; all else goes on without it",
                MonitoredPrograms.Install(name, program => LookAround.Has(Host, program)));
        var program = new BackgroundProgram(place, name);
        var start = MonitoredPrograms.Start(name, found, place, retention, File.Exists);
        var made = BackgroundProgram.Made(start, files.Where(file => file.Key.StartsWith(name + "/", StringComparison.Ordinal))
            .Select(static file => file.Value));
        var (address, again) = (place.Address(name), false);
        if (program.Running() is { } running)
        {
            if (program.IsAsBefore(made) && await answers.IsThereAsync(name, ct))
                return new MonitoringPart(name, "fine", $"runs already on {address} (process {running})");
            if (!await program.StopAsync(Host.Time, ct))
                return new MonitoringPart(name, "failed", $"process {running} does not end; by hand: kill -9 {running}");
            again = true;
        }

        if (Auxo.Instances.Ports.Taken(IPAddress.Loopback, place.Ports[name], name) is { } taken)
            return new MonitoringPart(name, "failed", taken);
        var pid = program.Start(start, made, Host);
        var began = Host.Time.GetTimestamp();
        while (!await answers.IsThereAsync(name, ct))
        {
            if (!Processes.IsAlive(pid))
                return new MonitoringPart(name, "failed", $"ended at once; its log: {place.Log(name)}", program.LastWords());
            if (Host.Time.GetElapsedTime(began) > Patience)
                return new MonitoringPart(
                    name, "failed", $"does not answer on {address}; its log: {place.Log(name)}", program.LastWords());
            await Task.Delay(Poll, Host.Time, ct);
        }

        return new MonitoringPart(name, "done", $"{(again ? "started again" : "started")} on {address} (process {pid})");
    }

    /// <summary>What is left to do by hand where the system runs one itself.</summary>
    private MonitoringPart Yours(string name)
    {
        var (address, setting) = (place.Address(name), Auxo.Instances.Ports.Setting(name));
        var other = $"or one of Auxo's own beside it: {setting}=PORT auxo monitoring up";
        var folder = place.Folder(name);
        string[] lines = name switch
        {
            "prometheus" =>
            [
                $"sudo cp {folder}/prometheus.yml {folder}/auxo.rules.yml /etc/prometheus/",
                "sudo systemctl reload prometheus    # and see its --storage.tsdb.retention.time: 15 days are little",
            ],
            "alertmanager" => [$"sudo cp {folder}/alertmanager.yml /etc/prometheus/", "sudo systemctl reload prometheus-alertmanager"],
            _ => [$"sudo cp -r {folder}/provisioning/. /etc/grafana/provisioning/", "sudo systemctl restart grafana-server"],
        };
        return new MonitoringPart(
            name, "yours", $"one that was not started here answers on {address}, and was left alone", [.. lines, other]);
    }

    /// <summary>Asks Prometheus whether it sees Auxo, until it does; of one that was not started here, once.</summary>
    private async Task<IReadOnlyList<MonitoringPart>> WithProofAsync(
        IReadOnlyList<MonitoringPart> parts, bool isForeign, ProgramAnswers answers, CancellationToken ct)
    {
        if (parts.Single(static part => part.Name == "prometheus").State == "failed") return parts;
        var began = Host.Time.GetTimestamp();
        long series;
        while ((series = await answers.SeriesAsync(ct)) == 0 && !isForeign && Host.Time.GetElapsedTime(began) < Patience)
            await Task.Delay(Poll, Host.Time, ct);
        if (series > 0)
        {
            var seen = new MonitoringPart("scrape", "fine", string.Create(
                CultureInfo.InvariantCulture, $"Prometheus sees Auxo: {series} series of radicle_*"));
            // One that sees Auxo needs nothing more.
            return [.. parts.Select(part => part is { Name: "prometheus", State: "yours" }
                ? new MonitoringPart(
                    part.Name, "fine", $"one that was not started here answers on {place.Address("prometheus")}")
                : part), seen];
        }

        if (isForeign) return parts;
        var trouble = await answers.TroubleAsync(ct);
        return [.. parts, new MonitoringPart(
            "scrape", "failed", $"Prometheus does not see Auxo's page of metrics; its log: {place.Log("prometheus")}",
            trouble.Any(static line => line.Contains("401", StringComparison.Ordinal))
                ? [.. trouble, $"From another address it wants a token. Put the text of one into {place.TokenFile}, then do this again:",
                    "auxo token create prometheus --scope metrics:read --scope notify:send"]
                : trouble)];
    }

    private async Task<IReadOnlyList<string>> NotesAsync(
        IReadOnlyList<MonitoringPart> parts, HashSet<string> foreign, CancellationToken ct)
    {
        var notes = new List<string>();
        if (parts.Any(static part => part is { Name: "grafana", State: "done" or "fine" }) && !foreign.Contains("grafana"))
            notes.Add($"Grafana: {place.Address("grafana")}, as admin; the password of its first start is in {place.PasswordFile}");
        if (parts.Any(static part => part is { Name: "alertmanager", State: "done" or "fine" or "yours" }))
        {
            var rules = await Attempt.OfAsync("metrics", () => session.Clients.Metrics.AlertRulesAsync(ct));
            if (rules.Value?.Items.Any(static rule => rule.Speaker == "alertmanager") is not true)
                notes.Add("Auxo looks at the same rules itself, so people would hear of each alert twice. Let one speak: start Auxo "
                    + "with Auxo__Alerts__Speaker=alertmanager (docs/alerts.md).");
        }

        return notes;
    }
}
