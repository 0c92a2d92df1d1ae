using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;
using Auxo.Cli.Tokens;

namespace Auxo.Cli.Metrics;

/// <summary>
/// <c>auxo metrics export --once</c>: the page of <c>/metrics</c> as it is now; <c>--history</c>: its gauges as they were, for promtool to
/// make blocks of that Prometheus takes over.
/// </summary>
internal static class ExportMetrics
{
    /// <summary>Blocks of two hours, which promtool makes otherwise, are hundreds a month and take a minute.</summary>
    private const string MakeBlocks = "promtool tsdb create-blocks-from openmetrics --max-block-duration=744h";

    public static Command Create(CliHost host)
    {
        var once = new Option<bool>("--once") { Description = "What /metrics says now, as OpenMetrics" };
        var history = new Option<bool>("--history")
        {
            Description = "What /metrics would have said, moment by moment, for Prometheus to take over",
        };
        var from = new Option<DateTimeOffset?>("--from") { Description = "With --history: the beginning, such as 2026-01-01" };
        var to = new Option<DateTimeOffset?>("--to")
        {
            Description = "With --history: the end, best when Prometheus began; the newest three hours are never in it",
        };
        var step = new Option<string>("--step")
        {
            Description = "With --history: from one moment to the next, 1m to 31d (default 1h)",
            DefaultValueFactory = static _ => "1h",
        };
        var repo = new Option<string?>("--repo") { Description = "With --history: only this repository" };
        var job = new Option<string>("--job")
        {
            Description = "With --history: the label 'job' of what Prometheus scrapes (default radicle)",
            DefaultValueFactory = static _ => "radicle",
        };
        var instance = new Option<string?>("--instance")
        {
            Description = "With --history: the label 'instance' of it, HOST:PORT; by default where metrics listens",
        };
        var output = new Option<string?>("--output", "-o") { Description = "The file; --history needs one" };
        return new Command("export", "Write the metrics of now, or of the past, as OpenMetrics")
        {
            once, history, from, to, step, repo, job, instance, output,
        }.Does(host, async (parsed, session, ct) =>
        {
            var file = parsed.GetValue(output) is { } name ? Path.GetFullPath(name, host.WorkingFolder) : null;
            if (parsed.GetValue(once) == parsed.GetValue(history))
                throw new CliException(
                    ExitCode.Usage, "Say which: --once for now, or --history for the past.",
                    "Such as: auxo metrics export --history --from 2026-01-01 --output history.om");
            if (parsed.GetValue(once)) return await OnceAsync(session, file, ct);
            if (file is null || parsed.GetValue(from) is not { } began)
                throw new CliException(
                    ExitCode.Usage, "--history needs --from and --output.",
                    "Such as: auxo metrics export --history --from 2026-01-01 --output history.om");
            var rid = parsed.GetValue(repo) is { } text
                ? (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, text, ct)).Rid
                : null;
            var query = Query(
                ("from", began.ToString("O", CultureInfo.InvariantCulture)),
                ("to", parsed.GetValue(to)?.ToString("O", CultureInfo.InvariantCulture)),
                ("step", TokenCommand.Seconds(parsed.GetValue(step)!).ToString(CultureInfo.InvariantCulture)),
                ("rid", rid), ("job", parsed.GetValue(job)),
                ("instance", parsed.GetValue(instance) ?? session.Clients.Instance.Endpoints["metrics"].Authority));
            return await HistoryAsync(session, query, file, ct);
        });
    }

    private static async Task<int> OnceAsync(Session session, string? file, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("metrics", UriKind.Relative));
        request.Headers.Accept.ParseAdd("application/openmetrics-text; version=1.0.0");
        if (file is null)
        {
            using var answer = await session.Clients.Http("metrics").SendAsync(request, ct);
            await session.Terminal.WriteLogAsync(await answer.Content.ReadAsByteArrayAsync(ct), ct);
            return ExitCode.Ok;
        }

        Report(session, file, await FetchAsync(session, request, file, ct));
        return ExitCode.Ok;
    }

    private static async Task<int> HistoryAsync(Session session, string query, string file, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/metrics/history?" + query, UriKind.Relative));
        // All of it is worked out before the first byte comes.
        request.Options.Set(Clients.Long, true);
        var samples = await FetchAsync(session, request, file, ct);
        if (samples == 0)
        {
            File.Delete(file);
            throw new CliException(
                ExitCode.Negative, "Nothing was known of any repository in that time, so no file was written.",
                "'auxo backfill' counts the past of a repository from its git and its patches.");
        }

        Report(session, file, samples);
        session.Terminal.Say(Terminal.Escape($"  → {MakeBlocks} {file} blocks"));
        session.Terminal.Say(Terminal.Escape("    then move what is in 'blocks' into Prometheus' data folder"));
        session.Terminal.Say(Terminal.Escape("    Look at its retention first: docs/monitoring.md, 'The past'"));
        return ExitCode.Ok;
    }

    private static void Report(Session session, string file, long samples)
    {
        if (session.Terminal.Json) session.Terminal.WriteJson(new { file, samples });
        else
            session.Terminal.Line(
                $"[green]✓[/] {Terminal.Safe(file)}  {samples.ToString(CultureInfo.InvariantCulture)} values, "
                    + Amounts.Size(new FileInfo(file).Length));
    }

    /// <summary>Puts the answer into a file, whole or not at all, and counts its samples.</summary>
    private static async Task<long> FetchAsync(Session session, HttpRequestMessage request, string file, CancellationToken ct)
    {
        var part = file + ".part";
        try
        {
            using var answer = await session.Clients.Http("metrics")
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            await using var body = await answer.Content.ReadAsStreamAsync(ct);
            var (samples, last) = (0L, "");
            await using (var target = new StreamWriter(part) { NewLine = "\n" })
            {
                using var lines = new StreamReader(body);
                while (await lines.ReadLineAsync(ct) is { } line)
                {
                    if (!line.StartsWith('#')) samples++;
                    await target.WriteLineAsync(last = line);
                }
            }

            if (last != "# EOF")
                throw new CliException(
                    ExitCode.Unreachable, "metrics ended its answer in the middle.", "Do it again; 'auxo status' shows what is wrong.");
            File.Move(part, file, overwrite: true);
            return samples;
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static string Query(params IEnumerable<(string Name, string? Value)> parts)
        => string.Join('&', parts.Where(static p => p.Value is not null)
            .Select(static p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
}
