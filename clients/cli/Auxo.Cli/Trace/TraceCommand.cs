using System.CommandLine;

using Auxo.Api.Tracing;
using Auxo.Contracts;

namespace Auxo.Cli.Trace;

/// <summary><c>auxo trace [PATCH]</c>: one timeline over all services, from the push to the last notification.</summary>
internal static class TraceCommand
{
    public static Command Create(CliHost host)
    {
        var what = new Argument<string?>("patch")
        {
            Description = "At least 4 digits of a patch, a build, a commit or a trace id, or a repository's name; "
                + "by default what was built last",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Command("trace",
            "Show all that happened to a patch: seen, built, commented, notified, counted, published, and what is open") { what }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(what), ct));
    }

    private static async Task<int> RunAsync(Session session, string? text, CancellationToken ct)
    {
        var clients = session.Clients;
        var services = new TracedServices(
            KnownServices.Names, clients.Ingest, clients.Pipeline, clients.Timeline, clients.Messaging, static e => e is CliException);
        var timeline = await ReadTimeline.ReadAsync(services, await FindAsync(services, text, ct), ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(ToJson(timeline));
        else TraceReport.Write(session.Terminal, timeline);
        return timeline.IsWhole ? timeline.Failed > 0 ? ExitCode.Negative : ExitCode.Ok : ExitCode.Unreachable;
    }

    private static async Task<TraceSubject> FindAsync(TracedServices services, string? text, CancellationToken ct)
    {
        try
        {
            return await FindSubject.FindAsync(services, text, ct);
        }
        catch (NoSubjectException e)
        {
            var code = e.Why switch
            {
                NoSubject.Unknown => ExitCode.Negative, NoSubject.Unasked => ExitCode.Unreachable, _ => ExitCode.Usage,
            };
            var near = text is null ? null : Suggestions.Nearest(text.Trim().ToLowerInvariant(), e.Known);
            throw new CliException(code, e.Message, near is null ? e.Hint : $"Did you mean {near}?", e);
        }
    }

    /// <summary>The shape of <c>--json</c>, documented in docs/cli.md.</summary>
    private static object ToJson(Timeline timeline) => new
    {
        subject = new
        {
            timeline.Subject.Kind, timeline.Subject.Id, timeline.Subject.Rid, timeline.Subject.Patch,
            builds = timeline.Subject.Builds.Select(static b => b.Id),
        },
        whole = timeline.IsWhole,
        failed = timeline.Failed > 0,
        open = timeline.Open,
        chapters = timeline.Sections,
        missing = timeline.Missing,
    };
}
