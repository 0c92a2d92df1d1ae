using System.Globalization;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// What Auxo holds of the machine's memory while nobody pushes (proportional set size, so that shared pages count once), and what
/// it uses of the processors meanwhile.
/// </summary>
internal static class IdleMemory
{
    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        // It has built something, as an instance in use has.
        var instance = await context.InstanceAsync(ct);
        ThreadPair? pair = null;
        if (Testing.Radicle.RadicleLab.MissingPrograms().Count == 0)
        {
            pair = await context.PairAsync(ct);
            await pair.AddRepositoryAsync("idle", new Dictionary<string, string>(StringComparer.Ordinal), ct);
        }

        var rest = TimeSpan.FromSeconds(context.Options.Count(60, 10));
        context.Tell($"rests for {rest.TotalSeconds:0} s");
        var used = ProcessorSeconds(instance);
        await Task.Delay(rest, TimeProvider.System, ct);
        used = ProcessorSeconds(instance) - used;

        var processes = ProcessesOf(instance)
            .Select(static pid => (Name: NameOf(pid), MiB: PssMiB(pid))).Where(static p => p.MiB > 0).ToList();
        var broker = pair?.Broker is { } b ? Series.One(PssMiB(b.ProcessId)) : null;
        return
        [
            new("idle memory (PSS), all services and PostgreSQL", "MiB", Series.One(processes.Sum(static p => p.MiB)),
                broker, Goal.AtMost(400))
            {
                Note = $"after one build and {rest.TotalSeconds:0} s of rest; the peer is cib alone, without database, "
                    + "logs over HTTP, webhooks or console",
            },
            .. processes.GroupBy(static p => p.Name).OrderByDescending(static g => g.Sum(static p => p.MiB)).Select(static g =>
                new Figure($"{g.Key}{(g.Count() > 1 ? $" ({g.Count()} processes)" : "")}", "MiB",
                    Series.One(g.Sum(static p => p.MiB))) { IsPart = true }),
            new("processor time at rest, all services and PostgreSQL", "% of a core", Series.One(100 * used / rest.TotalSeconds)),
        ];
    }

    /// <summary>What lost its parent is still ours: its command or its environment names the folder.</summary>
    private static IEnumerable<int> ProcessesOf(Testing.AuxoInstance instance)
        => Descendants(instance.AppHostPid).Union(instance.Processes().Keys);

    private static double ProcessorSeconds(Testing.AuxoInstance instance)
        => ProcessesOf(instance).Sum(ProcessorTime.WithEndedChildren);

    /// <summary>
    /// The AppHost and all that it started; PostgreSQL's processes write over their environment, so only their parents tell
    /// whose they are.
    /// </summary>
    private static List<int> Descendants(int apphost)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(static f => int.TryParse(Path.GetFileName(f), out var pid) ? pid : 0).Where(static pid => pid > 0).ToLookup(ParentOf);
        List<int> found = [apphost];
        for (var i = 0; i < found.Count; i++) found.AddRange(children[found[i]]);
        return found;
    }

    private static int ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>The kernel's own name has 15 characters; all of Auxo's and PostgreSQL's fit.</summary>
    private static string NameOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    internal static double PssMiB(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/smaps_rollup")
                .FirstOrDefault(static l => l.StartsWith("Pss:", StringComparison.Ordinal));
            return line is null
                ? 0
                : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
