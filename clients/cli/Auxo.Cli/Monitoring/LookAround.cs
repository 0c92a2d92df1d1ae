using System.Globalization;

namespace Auxo.Cli.Monitoring;

/// <summary>How the three are, and whether Prometheus sees Auxo. Changes nothing.</summary>
internal sealed class LookAround(Session session, MonitoringPlace place)
{
    public async Task<IReadOnlyList<MonitoringPart>> RunAsync(CancellationToken ct)
    {
        using var answers = new ProgramAnswers(place);
        var parts = new List<MonitoringPart>();
        foreach (var name in MonitoringPlace.Names)
        {
            var program = new BackgroundProgram(place, name);
            var answer = await answers.IsThereAsync(name, ct);
            parts.Add((program.Running(), answer) switch
            {
                ({ } pid, true) => new MonitoringPart(name, "fine", $"runs on {place.Address(name)} (process {pid})"),
                ({ } pid, false) => new MonitoringPart(
                    name, "failed", $"process {pid} does not answer on {place.Address(name)}; its log: {place.Log(name)}"),
                (null, true) => new MonitoringPart(name, "fine", $"one that was not started here answers on {place.Address(name)}"),
                _ => Off(name),
            });
        }

        if (await answers.IsThereAsync("prometheus", ct)) parts.Add(await ScrapeAsync(answers, ct));
        return parts;
    }

    private MonitoringPart Off(string name)
    {
        var isThere = MonitoredPrograms.Find(name, session.Host.Variable("PATH"), File.Exists) is not null;
        var what = isThere ? "does not run" : "is not installed";
        // Without the first there is no monitoring; the others may be left out.
        return new MonitoringPart(
            name, name == "prometheus" ? "failed" : "off", what,
            isThere ? ["auxo monitoring up"] : MonitoredPrograms.Install(name, program => Has(session.Host, program)));
    }

    /// <summary>What Prometheus sees of Auxo at this moment.</summary>
    private static async Task<MonitoringPart> ScrapeAsync(ProgramAnswers answers, CancellationToken ct)
    {
        var series = await answers.SeriesAsync(ct);
        var trouble = await answers.TroubleAsync(ct);
        return series > 0
            ? new MonitoringPart("scrape", "fine", string.Create(
                CultureInfo.InvariantCulture, $"Prometheus sees Auxo: {series} series of radicle_*"), trouble)
            : new MonitoringPart("scrape", "failed", "Prometheus does not see Auxo's page of metrics", trouble);
    }

    /// <summary>Whether a program is on PATH, or where systems keep their own.</summary>
    public static bool Has(CliHost host, string program)
        => ((host.Variable("PATH") ?? "") + ":/usr/bin:/opt/homebrew/bin:/usr/local/bin").Split(':')
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
}
