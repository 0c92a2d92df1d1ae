using System.Globalization;
using System.Net.Http.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Thread;
using Auxo.Testing;

namespace Auxo.Benchmarks.Radicle;

/// <summary>
/// What a node with very many repositories costs while nobody pushes: every minute Auxo looks at all of them, whether a push was missed.
/// And the first look after a start, which reads them all.
/// </summary>
internal static class QuietSweep
{
    private const int Operations = 3;
    private const int Sweeps = 3;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var (repositories, patches) = (context.Options.Count(1000, 50), context.Options.Count(20, 3));
        var home = Directory.CreateTempSubdirectory("auxo-bench-rad-");
        try
        {
            using var many = await ManyPatches.CreateAsync(ct);
            var rids = new List<string>();
            for (var i = 0; i < repositories; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"project-{i:0000}");
                rids.Add((await many.WriteAsync(Path.Combine(home.FullName, "storage"), name, patches, Operations, ct)).Rid);
            }

            context.Tell($"{repositories} repositories with {patches} patches each");
            await using var auxo = await AuxoInstance.StartAsync(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["RAD_HOME"] = home.FullName });
            var (nothing, empty) = await RestAsync(auxo, ct);
            foreach (var rid in rids)
            {
                using var answer = await auxo.Ingest.PostAsJsonAsync("/repositories", new { location = rid }, ct);
                answer.EnsureSuccessStatusCode();
            }

            context.Tell("all are tracked");
            var begun = TimeProvider.System.GetTimestamp();
            await auxo.StopAsync();
            await auxo.StartAsync();
            var before = ProcessorTime.WithAllChildren(await PidAsync(auxo));
            await QuietAsync(auxo, ct);
            var first = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            var read = ProcessorTime.WithAllChildren(await PidAsync(auxo)) - before;
            var (used, mebibytes) = await RestAsync(auxo, ct);
            return
            [
                new($"processor time of ingest in a minute, {repositories} repositories without news", "s", used, nothing, Goal.AtMost(2))
                {
                    Note = "one sweep of all of them, which begins and ends in that minute; the peer is the same instance without a "
                        + "repository",
                },
                new("memory (PSS) of ingest and its git processes", "MiB", Series.One(mebibytes), Series.One(empty)),
                new("Auxo's start, until all of them are read", "s", Series.One(first)) { IsPart = true },
                new("processor time of that", "s", Series.One(read)) { IsPart = true },
            ];
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static async Task<int> PidAsync(AuxoInstance auxo)
        => (await auxo.ResourceAsync("ingest")).Pid ?? throw new InvalidOperationException("Ingest does not run.");

    /// <summary>Some minutes, each with its processor time, and the memory at the end.</summary>
    private static async Task<(Series Seconds, double MiB)> RestAsync(AuxoInstance auxo, CancellationToken ct)
    {
        var pid = await PidAsync(auxo);
        List<double> used = [];
        for (var i = 0; i < Sweeps; i++)
        {
            var before = ProcessorTime.WithAllChildren(pid);
            await Task.Delay(Minute, TimeProvider.System, ct);
            used.Add(ProcessorTime.WithAllChildren(pid) - before);
        }

        return (new Series(used), MiB(pid));
    }

    /// <summary>Of the process and those that it has started.</summary>
    private static double MiB(int pid)
        => IdleMemory.PssMiB(pid) + Directory.EnumerateDirectories($"/proc/{pid}/task")
            .SelectMany(static thread => File.ReadAllText(Path.Combine(thread, "children"))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Sum(static child => IdleMemory.PssMiB(int.Parse(child, CultureInfo.InvariantCulture)));

    /// <summary>Until ingest uses next to nothing for some seconds: then everything is read.</summary>
    private static async Task QuietAsync(AuxoInstance auxo, CancellationToken ct)
    {
        var pid = await PidAsync(auxo);
        var since = TimeProvider.System.GetTimestamp();
        for (var still = 0; still < 3;)
        {
            var before = ProcessorTime.WithAllChildren(pid);
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, ct);
            still = ProcessorTime.WithAllChildren(pid) - before < 0.1 ? still + 1 : 0;
            if (TimeProvider.System.GetElapsedTime(since) > Limit) throw new InvalidOperationException("Ingest does not come to rest.");
        }
    }
}
