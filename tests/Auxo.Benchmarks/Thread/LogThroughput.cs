using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Pipeline.Checks;
using Auxo.Testing;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// A step that prints 500 MB of usual lines: through the sandbox, the mask of its secrets and into its log, beside the same script
/// by <c>bash … | cat > file</c>. And how long a printed line takes until somebody who follows the log has it.
/// </summary>
internal static class LogThroughput
{
    private const string Step = "print";
    private const string Secret = "BENCH_TOKEN";
    private const string Command = "bash print.sh";
    private const string Hidden = "***";

    /// <summary>Of one block, which is printed again and again.</summary>
    private const int BlockBytes = 1 << 20;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.PlainInstanceAsync();
        var value = RandomNumberGenerator.GetHexString(40, lowercase: true);
        using var set = await auxo.Pipeline.PutAsJsonAsync($"/secrets/{Secret}", new { value }, ct);
        set.EnsureSuccessStatusCode();

        var (blocks, rounds) = (context.Options.Count(477, 64), context.Options.Count(3, 1));
        var small = await OfAsync(auxo, new Printing(blocks, PieceBytes: 4 << 10, value, IsMasked: false), rounds, ct);
        context.Tell($"without secrets {small.Auxo.P50:0} MB/s, the peer {small.Peer.P50:0}");
        var masked = await OfAsync(auxo, new Printing(blocks, PieceBytes: 4 << 10, value, IsMasked: true), rounds, ct);
        context.Tell($"with a secret {masked.Auxo.P50:0} MB/s");
        var large = await OfAsync(auxo, new Printing(blocks, PieceBytes: 128 << 10, value, IsMasked: false), rounds, ct);

        var lines = context.Options.Count(400, 60);
        var quiet = await LogFollower.AgesAsync(auxo, lines, others: 0, ct);
        var busy = await LogFollower.AgesAsync(auxo, lines, others: 1000, ct);
        return
        [
            new("output of a step → its log", "MB/s", small.Auxo, small.Peer, Goal.AtLeast(50))
            {
                Note = $"{blocks * (double)BlockBytes / 1e6:0} MB in lines of some 100 bytes, printed in pieces of 4 KiB as most "
                    + "programs do, with Auxo__Steps__LogMiB=1024 (by default a log has 256 MiB); the peer is the same script by "
                    + "'bash … | cat > file'",
            },
            new("processor time of the pipeline", "ms/MB", small.Used) { IsPart = true },
            new("the same with a secret to hide in every MiB", "MB/s", masked.Auxo, masked.Peer, Goal.AtLeast(50)),
            new("processor time of the pipeline", "ms/MB", masked.Used) { IsPart = true },
            new("the same in pieces of 128 KiB, without secrets", "MB/s", large.Auxo, large.Peer) { IsPart = true },
            new("log line printed → read by a follower (server-sent events)", "ms", new Series(quiet), Goal: Goal.P99AtMost(100))
            {
                Note = Invariant($"p99 {new Series(quiet).P99:0.0} ms; a line every 20 ms"),
            },
            new("the same among 10,000 lines a second", "ms", new Series(busy), Goal: Goal.P99AtMost(100))
            {
                Note = Invariant($"p99 {new Series(busy).P99:0.0} ms; every thousandth line has a time"),
            },
        ];
    }

    private static async Task<(Series Auxo, Series Peer, Series Used)> OfAsync(
        AuxoInstance auxo, Printing printing, int rounds, CancellationToken ct)
    {
        using var repository = await PlainRepository.CreateAsync(printing.Files(), ct);
        var rid = await repository.TrackAsync(auxo, ct);
        var head = await repository.HeadAsync(ct);
        var pid = (await auxo.ResourceAsync("pipeline")).Pid ?? throw new InvalidOperationException("The pipeline does not run.");
        List<double> auxos = [], peers = [], used = [];
        var megabytes = printing.Blocks * (double)BlockBytes / 1e6;
        for (var i = 0; i < rounds; i++)
        {
            peers.Add(megabytes / await ByHandAsync(repository.Path, ct));
            var before = ProcessorTime.OwnSeconds(pid);
            // The head of a followed repository: only that is given secrets when somebody asks for a build of it.
            using var answer = await auxo.Pipeline.PostAsJsonAsync("/builds", new { rid, commit = head }, ct);
            var asked = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(ct);
            var id = asked.GetProperty("id").GetGuid();
            var build = await PlainRepository.EndAsync(auxo, id, ct);
            used.Add((ProcessorTime.OwnSeconds(pid) - before) * 1000 / megabytes);
            auxos.Add(megabytes / build.GetProperty("steps")[0].GetProperty("durationSeconds").GetDouble());
            var log = Path.Combine(auxo.Home, "logs", "builds", $"{id}", Step + ".log");
            if (new FileInfo(log).Length is var length && length != printing.LogBytes)
                throw new InvalidOperationException($"The log has {length} bytes, not {printing.LogBytes}.");
            File.Delete(log);
        }

        return (new Series(auxos), new Series(peers), new Series(used));
    }

    /// <summary>How many seconds the same script takes with its output through a pipe into a file.</summary>
    private static async Task<double> ByHandAsync(string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, ".git", "printed");
        var begun = TimeProvider.System.GetTimestamp();
        using (var process = Process.Start(new ProcessStartInfo("bash", ["-c", "set -o pipefail; bash print.sh | cat > .git/printed"])
        {
            WorkingDirectory = folder,
        })!)
        {
            await process.WaitForExitAsync(ct);
            if (process.ExitCode != 0) throw new InvalidOperationException($"print.sh by hand ended with {process.ExitCode}.");
        }

        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        File.Delete(file);
        return seconds;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a step prints.</summary>
    /// <param name="Blocks">How many MiB.</param>
    /// <param name="PieceBytes">How much at once.</param>
    /// <param name="Value">Stands once in each block.</param>
    /// <param name="IsMasked">The step is given that as a secret, so its log has stars instead.</param>
    private sealed record Printing(int Blocks, int PieceBytes, string Value, bool IsMasked)
    {
        /// <summary>What must have arrived: the command as the shell shows it, and all that it printed.</summary>
        public long LogBytes
            => $"+ {Command}\n".Length + (long)Blocks * (BlockBytes - (IsMasked ? Value.Length - Hidden.Length : 0));

        /// <summary>The repository.</summary>
        public Dictionary<string, string> Files()
        {
            var off = string.Join(", ", CheckBatch.All.Select(static check => $"{check.Name}: off"));
            var secrets = IsMasked ? $"    secrets: [{Secret}]\n" : "";
            return new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [".auxo/ci.yaml"] = $"checks: {{ {off} }}\nsteps:\n  - name: {Step}\n    run: {Command}\n{secrets}",
                ["lines.txt"] = Block(),
                ["print.sh"] = $"for ((i = 0; i < {Blocks / 16}; i++)); do {Cat(16)}; done\n{Cat(Blocks % 16)}\n",
            };
        }

        /// <summary>One process for many blocks, so that starting it is nothing beside them.</summary>
        private string Cat(int times)
            => times == 0 ? ":"
                : $"cat {string.Concat(Enumerable.Repeat("lines.txt ", times))}| dd bs={PieceBytes} iflag=fullblock status=none";

        private string Block()
        {
            var text = new StringBuilder($"signing in with {Value} as the step was told to\n");
            for (var i = 1; text.Length < BlockBytes; i++)
                text.Append(CultureInfo.InvariantCulture,
                    $"[{i:00000}] ok: src/part{i % 61:00}/file{i % 997:000}.cs does what test number "
                    + $"{i * 7919 % 100_003:000000} of it says, in {i % 89} ms\n");
            text.Length = BlockBytes - 1;
            return text.Append('\n').ToString();
        }
    }
}
