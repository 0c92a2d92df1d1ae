using System.Diagnostics;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Pipeline.Checks;
using Auxo.Testing;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// What the sandbox adds to a command: twenty steps of one build, beside the same shell started by hand. Steps of a tenth of a second find
/// a sandbox that waits; steps that do nothing end before the next one is made.
/// </summary>
internal static class SandboxStep
{
    private const int Steps = 20;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.InstanceAsync(ct);
        var rounds = context.Options.Count(5, 2);
        var usual = await OfAsync(auxo, "sleep 0.1", rounds, ct);
        var nothing = await OfAsync(auxo, "true", rounds, ct);
        IReadOnlyList<Figure> containers = [];
        if (await ContainerStep.WhyNotAsync(ct) is { } why) context.Miss($"a step in a container: {why}");
        else containers = await ContainerStep.RunAsync(context, ct);
        return
        [
            new("a step in a warm sandbox ('sleep 0.1')", "ms", new Series(usual.Inside), new Series(usual.Bare), Goal.AtMostOver(4))
            {
                Note = $"the peer is the same command by 'bash -c' without a sandbox; here: {usual.Sandbox}",
            },
            new("a step that does nothing, behind others ('true')", "ms", new Series(nothing.Inside), new Series(nothing.Bare)),
            new("the same with its records and the next step's start", "ms", new Series(nothing.Whole)) { IsPart = true },
            .. containers,
        ];
    }

    private static async Task<(List<double> Inside, List<double> Bare, List<double> Whole, string Sandbox)> OfAsync(
        AuxoInstance auxo, string command, int rounds, CancellationToken ct)
    {
        var off = string.Join(", ", CheckBatch.All.Select(static check => $"{check.Name}: off"));
        var steps = string.Concat(Enumerable.Range(1, Steps).Select(i => $"  - name: s{i}\n    run: '{command}'\n"));
        using var repository = await PlainRepository.CreateAsync(
            new Dictionary<string, string> { [".auxo/ci.yaml"] = $"checks: {{ {off} }}\nsteps:\n{steps}" }, ct);

        List<double> inside = [], bare = [], whole = [];
        var sandbox = "";
        for (var i = 0; i < rounds; i++)
        {
            var commit = await repository.CommitAsync(new Dictionary<string, string> { ["round"] = $"{i}\n" }, ct);
            var build = await repository.BuildAsync(auxo, commit, ct);
            sandbox = build.GetProperty("sandbox").GetString() ?? "";
            // The first one warms the files up.
            inside.AddRange(build.GetProperty("steps")
                .EnumerateArray().Select(static s => s.GetProperty("durationSeconds").GetDouble() * 1000).Skip(1));
            whole.Add(build.GetProperty("durationSeconds").GetDouble() * 1000 / Steps);
            for (var j = 0; j < Steps; j++) bare.Add(await BareAsync(command, ct));
        }

        return (inside, bare, whole, sandbox);
    }

    private static async Task<double> BareAsync(string command, CancellationToken ct)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command]))!;
        await process.WaitForExitAsync(ct);
        return TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
    }
}
