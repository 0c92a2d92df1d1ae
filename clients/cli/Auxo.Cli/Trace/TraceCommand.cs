using System.CommandLine;

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
        var subject = await TraceSubject.FindAsync(session.Clients, text, ct);
        var timeline = await Timeline.ReadAsync(session.Clients, subject, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(timeline.ToJson());
        else TraceReport.Write(session.Terminal, timeline);
        return timeline.IsWhole ? timeline.HasFailed ? ExitCode.Negative : ExitCode.Ok : ExitCode.Unreachable;
    }
}
