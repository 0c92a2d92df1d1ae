using System.CommandLine;

namespace Auxo.Cli.Trace;

/// <summary><c>auxo trace [PATCH]</c>: one story over all services, from the push to whoever was told.</summary>
internal static class TraceCommand
{
    public static Command Create(CliHost host)
    {
        var what = new Argument<string?>("patch")
        {
            Description = "At least 4 digits of a patch, a build, a commit or a trace id; by default what was built last",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Command("trace",
            "Tell the whole story of a patch: seen, built, commented, told, counted, published, and what is still open") { what }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(what), ct));
    }

    private static async Task<int> RunAsync(Session session, string? text, CancellationToken ct)
    {
        var subject = await TraceSubject.FindAsync(session.Clients, text, ct);
        var story = await TracedStory.TellAsync(session.Clients, subject, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(story.ToJson());
        else TraceReport.Write(session.Terminal, story);
        return story.IsWhole ? story.HasFailed ? ExitCode.Negative : ExitCode.Ok : ExitCode.Unreachable;
    }
}
