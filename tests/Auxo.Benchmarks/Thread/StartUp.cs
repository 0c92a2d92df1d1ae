using System.Diagnostics;

using Auxo.Benchmarks.Measuring;
using Auxo.Testing;

namespace Auxo.Benchmarks.Thread;

/// <summary><c>./auxo up --detach</c>, built, until it says that all is healthy: on a folder that is not there yet, and later.</summary>
internal static class StartUp
{
    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        List<double> first = [], later = [];
        // What is older than its sources is built by the first start; that one does not count.
        await OnceAsync([], [], 0, ct);
        for (var i = 0; i < context.Options.Count(3, 1); i++) await OnceAsync(first, later, context.Options.Count(2, 1), ct);

        return
        [
            new("'./auxo up --detach' (built) → all healthy, very first start", "s", new Series(first), Goal: Goal.AtMost(25)),
            new("'./auxo up --detach' (built) → all healthy, later starts", "s", new Series(later), Goal: Goal.AtMost(10)),
        ];
    }

    private static async Task OnceAsync(List<double> first, List<double> later, int times, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("auxo-");
        // PostgreSQL's user must be able to walk through when root measures.
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_001_001);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["AUXO_HOME"] = Path.Combine(folder.FullName, "home") };
        var ports = AuxoInstance.ReservePorts(environment);
        try
        {
            first.Add(await UpAsync(environment, ct));
            for (var i = 0; i < times; i++)
            {
                await RunAsync("down", environment, ct);
                later.Add(await UpAsync(environment, ct));
            }
        }
        finally
        {
            await RunAsync("down", environment, CancellationToken.None);
            foreach (var port in ports) port.Dispose();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> UpAsync(IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await RunAsync("up --detach", environment, ct);
        return TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
    }

    private static async Task RunAsync(string words, IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository(), "auxo"), words.Split(' '))
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        foreach (var name in start.Environment.Keys.Where(static n => n.StartsWith("RAD_", StringComparison.Ordinal))
            .ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        // Read in lines, not to the end: what was left running in the background may hold the pipe.
        var said = new List<string>();
        void Remember(object sender, DataReceivedEventArgs e)
        {
            lock (said) said.Add(e.Data ?? "");
        }

        process.OutputDataReceived += Remember;
        process.ErrorDataReceived += Remember;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Poll.UntilAsync(()
            => Task.FromResult<bool?>(process.HasExited ? true : null), $"'auxo {words}' ends", ct, limit: TimeSpan.FromSeconds(300));
        if (process.ExitCode == 0) return;
        lock (said) throw new InvalidOperationException($"'auxo {words}' ended with {process.ExitCode}: {string.Join('\n', said)}");
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Auxo.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Auxo.sln was not found above the benchmarks' program.");
    }
}
