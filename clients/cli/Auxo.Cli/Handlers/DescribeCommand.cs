using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Contracts;

namespace Auxo.Cli.Handlers;

/// <summary>
/// <c>auxo describe</c>: which message goes where. Handlers are found by convention; this is where the convention shows its
/// cards.
/// </summary>
internal static class DescribeCommand
{
    public static Command Create(CliHost host)
    {
        var service = new Argument<string?>("service") { Description = "Only this one", Arity = ArgumentArity.ZeroOrOne };
        return new Command("describe", "Show every message, its handlers and its queue, as the running services have them") { service }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(service), ct));
    }

    private static async Task<int> RunAsync(Session session, string? only, CancellationToken ct)
    {
        if (only is not null && !KnownServices.Names.Contains(only, StringComparer.Ordinal))
        {
            var near = Suggestions.Nearest(only, KnownServices.Names);
            throw new CliException(ExitCode.Usage, $"There is no service '{only}'.", near is null
                ? $"There are: {string.Join(", ", KnownServices.Names)}."
                : $"Did you mean '{near}'?");
        }

        var services = only is null ? KnownServices.Names : [only];
        var answers = await Task.WhenAll(
            services.Select(name => Attempt.OfAsync(name, () => session.Clients.Messaging(name).DescribeAsync(ct))));
        var terminal = session.Terminal;
        if (answers.All(static a => a.Error is { Code: ExitCode.Unreachable })) throw answers[0].Error!;
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                services = answers.Select(static a => new { service = a.Name, handlers = a.Value?.Handlers, problem = a.Error?.Message }),
            });
            return ExitCode.Ok;
        }

        foreach (var answer in answers)
        {
            terminal.Line($"[bold]{answer.Name}[/]");
            if (answer.Error is not null) terminal.Line($"  [dim]{Terminal.Safe(answer.Error.Message)}[/]");
            else if (answer.Value!.Handlers.Count == 0) terminal.Line("  [dim]handles no messages[/]");
            Write(terminal, answer.Name, answer.Value?.Handlers ?? []);
        }

        return ExitCode.Ok;
    }

    /// <summary>The policies are long and mostly the same: each is written once, below those that have it.</summary>
    private static void Write(Terminal terminal, string service, IReadOnlyList<HandlerInfo> handlers)
    {
        foreach (var group in handlers.GroupBy(static h => h.Policy, StringComparer.Ordinal).OrderByDescending(static g => g.Count()))
        {
            var columns = new Columns(1, "", "", "");
            foreach (var handler in group.OrderBy(static h => h.Message, StringComparer.Ordinal))
                columns.Add("  " + handler.Message, "→ "
                    + handler.Handler, new Cell(handler.Queue is { } queue && queue != service ? "queue " + queue : "", "dim"));
            columns.Write(terminal);
            if (group.Key is null) continue;
            terminal.Line("  [dim]when it fails:[/]");
            foreach (var rule in group.Key.Split("; ")) terminal.Line($"    [dim]{Terminal.Safe(rule)}[/]");
        }
    }
}
