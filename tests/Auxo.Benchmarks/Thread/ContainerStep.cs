using System.Diagnostics;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Pipeline.Checks;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// What a container that waits adds to a command that does nothing: twenty steps of one build, beside <c>docker run</c> and beside the same
/// shell without a container. It needs an engine that has the image <c>debian:12</c>, or the one that <c>AUXO_TEST_IMAGE</c> names.
/// </summary>
internal static class ContainerStep
{
    private const int Steps = 20;

    private static string Image => Environment.GetEnvironmentVariable("AUXO_TEST_IMAGE") is { Length: > 0 } named ? named : "debian:12";

    /// <summary>Why it cannot be measured here; null when it can.</summary>
    public static async Task<string?> WhyNotAsync(CancellationToken ct)
    {
        try
        {
            return await DockerAsync(["image", "inspect", Image], ct) == 0
                ? null
                : $"no engine of Docker answers here that has the image {Image}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "docker is not installed";
        }
    }

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.InstanceAsync(ct);
        var off = string.Join(", ", CheckBatch.All.Select(static check => $"{check.Name}: off"));
        // Each prints a moment, so that the container of the next one is there: it is made while a step runs.
        var steps = string.Concat(Enumerable.Range(1, Steps).Select(
            static i => $"  - {{ name: w{i}, run: sleep 0.5 }}\n  - {{ name: s{i}, run: 'true', image: '{Image}' }}\n"));
        using var repository = await PlainRepository.CreateAsync(
            new Dictionary<string, string> { [".auxo/ci.yaml"] = $"checks: {{ {off} }}\nsteps:\n{steps}" }, ct);

        List<double> inside = [], run = [], bare = [];
        for (var i = 0; i < context.Options.Count(3, 1); i++)
        {
            var commit = await repository.CommitAsync(new Dictionary<string, string> { ["round"] = $"{i}\n" }, ct);
            var build = await repository.BuildAsync(auxo, commit, ct);
            // The first one has no container that waits.
            inside.AddRange(build.GetProperty("steps").EnumerateArray()
                .Where(static s => s.GetProperty("step").GetString()!.StartsWith('s'))
                .Select(static s => s.GetProperty("durationSeconds").GetDouble() * 1000).Skip(1));
            for (var j = 0; j < Steps; j++)
            {
                run.Add(await TimedAsync("docker", ["run", "--rm", "--network", "none", Image, "bash", "-c", "true"], ct));
                bare.Add(await TimedAsync("bash", ["-c", "true"], ct));
            }
        }

        return
        [
            new("a step in a container that waits ('true')", "ms", new Series(inside), new Series(bare), Goal.AtMostOver(10))
            {
                Note = $"the peer is 'bash -c true' without a container; the image is {Image}",
            },
            new("the same beside 'docker run --rm --network none'", "ms", new Series(inside), new Series(run)) { IsPart = true },
        ];
    }

    private static async Task<double> TimedAsync(string program, string[] arguments, CancellationToken ct)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync(ct);
        return TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static async Task<int> DockerAsync(string[] arguments, CancellationToken ct)
    {
        using var process = Process.Start(
            new ProcessStartInfo("docker", arguments)
            {
                RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            })!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        return process.ExitCode;
    }
}
