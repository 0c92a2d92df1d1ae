using System.Diagnostics;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Pipeline.Checks;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// What the sandbox adds to a command that does nothing: twenty steps of one build, beside the same shell started by hand.
/// </summary>
internal static class SandboxStep
{
    private const int Steps = 20;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.InstanceAsync(ct);
        var off = string.Join(", ", CheckBatch.All.Select(static check => $"{check.Name}: off"));
        var steps = string.Concat(Enumerable.Range(1, Steps).Select(static i => $"  - name: s{i}\n    run: 'true'\n"));
        using var repository = await PlainRepository.CreateAsync(
            new Dictionary<string, string> { [".auxo/ci.yaml"] = $"checks: {{ {off} }}\nsteps:\n{steps}" }, ct);

        List<double> inside = [], bare = [], whole = [];
        var sandbox = "";
        for (var i = 0; i < context.Options.Count(5, 2); i++)
        {
            var commit = await repository.CommitAsync(new Dictionary<string, string> { ["round"] = $"{i}\n" }, ct);
            var build = await repository.BuildAsync(auxo, commit, ct);
            sandbox = build.GetProperty("sandbox").GetString() ?? "";
            // The first one warms the files up.
            inside.AddRange(build.GetProperty("steps")
                .EnumerateArray().Select(static s => s.GetProperty("durationSeconds").GetDouble() * 1000).Skip(1));
            whole.Add(build.GetProperty("durationSeconds").GetDouble() * 1000 / Steps);
            for (var j = 0; j < Steps; j++) bare.Add(await BareAsync(ct));
        }

        return
        [
            new("a step in a warm sandbox ('true')", "ms", new Series(inside), new Series(bare), Goal.AtMostOver(15))
            {
                Note = $"the peer is 'bash -c true' without a sandbox; here: {sandbox}",
            },
            new("the same with its records and the next step's start", "ms", new Series(whole)) { IsPart = true },
        ];
    }

    private static async Task<double> BareAsync(CancellationToken ct)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", "true"]))!;
        await process.WaitForExitAsync(ct);
        return TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
    }
}
