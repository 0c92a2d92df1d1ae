using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Pipeline.Checks;
using Auxo.Testing;

namespace Auxo.Benchmarks.Thread;

/// <summary>Follows the log of a step that prints the time, as <c>auxo ci logs --follow</c> does.</summary>
internal static class LogFollower
{
    private const string Step = "print";

    /// <summary>How old each line with a time was when it was read, in milliseconds.</summary>
    /// <param name="auxo">The instance.</param>
    /// <param name="lines">How many lines have a time.</param>
    /// <param name="others">How many lines without one are printed before each; there are ten times a second then.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<IReadOnlyList<double>> AgesAsync(AuxoInstance auxo, int lines, int others, CancellationToken ct)
    {
        var off = string.Join(", ", CheckBatch.All.Select(static check => $"{check.Name}: off"));
        using var repository = await PlainRepository.CreateAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [".auxo/ci.yaml"] = $"checks: {{ {off} }}\nsteps:\n  - name: {Step}\n    run: bash print.sh\n",
                ["print.sh"] = Script(lines, others),
            }, ct);
        var build = await repository.QueueAsync(auxo, await repository.HeadAsync(ct), ct);
        var log = $"/builds/{build}/logs/{Step}";
        await Poll.UntilAsync(() => HasBegunAsync(auxo, log, ct), "the step has a log", ct);
        using var answer = await auxo.Pipeline.GetAsync(
            new Uri($"{log}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, ct);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        List<double> ages = [];
        await foreach (var item in SseParser.Create(body).EnumerateAsync(ct))
        {
            var now = Poll.Now;
            if (item.EventType == "end") break;
            ages.AddRange(item.Data.Split('\n').Select(AuxoSide.StampIn).OfType<DateTimeOffset>()
                .Select(at => (now - at).TotalMilliseconds));
        }

        await PlainRepository.EndAsync(auxo, build, ct);
        return ages.Count == lines ? ages : throw new InvalidOperationException($"{ages.Count} of {lines} lines were read.");
    }

    /// <summary>It waits first, so that who follows is there before the first line.</summary>
    private static string Script(int lines, int others)
        => others == 0
            ? $"sleep 2\nfor i in $(seq {lines}); do echo \"stamp $EPOCHREALTIME\"; sleep 0.02; done\n"
            : string.Create(CultureInfo.InvariantCulture, $$"""
                sleep 2
                begin=${EPOCHREALTIME/[.,]/}
                for ((t = 0; t < {{lines}}; t++)); do
                  seq -f 'test %.0f of many: it does what it says, and it says so on a line of eighty characters' {{others}}
                  echo "stamp $EPOCHREALTIME"
                  left=$((begin + (t + 1) * 100000 - ${EPOCHREALTIME/[.,]/}))
                  if ((left > 0)); then sleep "0.$(printf %06d "$left")"; fi
                done
                """).ReplaceLineEndings("\n") + "\n";

    private static async Task<bool?> HasBegunAsync(AuxoInstance auxo, string log, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, log);
        using var answer = await auxo.Pipeline.SendAsync(request, ct);
        return answer.StatusCode == HttpStatusCode.OK ? true : null;
    }
}
