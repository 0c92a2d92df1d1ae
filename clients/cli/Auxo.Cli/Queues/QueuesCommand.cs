using System.CommandLine;

using Auxo.Cli.DeadLetters;
using Auxo.Cli.Output;
using Auxo.Contracts;

namespace Auxo.Cli.Queues;

/// <summary><c>auxo queues list|dead-letters|replay</c>: what waits between the services, and what none of them could handle.</summary>
internal static class QueuesCommand
{
    public static Command Create(CliHost host)
        => new("queues", "Show what waits between the services, and send again what could not be handled")
    {
        new Command("list", "Show every queue: what is ready, scheduled and dead, and for how long the oldest waits")
            .Does(host, static (_, session, ct) => ListAsync(session, ct)),
        DeadLettersCommand.CreateList(host),
        DeadLettersCommand.CreateReplay(host),
    };

    private static async Task<int> ListAsync(Session session, CancellationToken ct)
    {
        var answers = await Task.WhenAll(
            KnownServices.Names.Select(name => Attempt.OfAsync(name, () => session.Clients.Messaging(name).QueuesAsync(ct))));
        if (answers.All(static a => a.Error is { Code: ExitCode.Unreachable })) throw answers[0].Error!;
        var queues = answers.SelectMany(static a => a.Value?.Items ?? []).OrderBy(static q => q.Queue, StringComparer.Ordinal).ToList();
        var silent = answers.Where(static a => a.Error is not null).ToList();
        var dead = queues.Any(static q => q.DeadLetters > 0);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                items = queues, problems = silent.Select(static a => new { service = a.Name, problem = a.Error!.Message }),
            });
            return dead ? ExitCode.Negative : ExitCode.Ok;
        }

        var columns = new Columns(0, "QUEUE", "READY", "SCHEDULED", "DEAD", "OLDEST");
        foreach (var queue in queues)
        {
            columns.Add(
                new Cell(queue.Queue, "bold"), Number(queue.Ready), Number(queue.Scheduled), queue.DeadLetters > 0
                    ? new Cell(Number(queue.DeadLetters), "red")
                    : "0",
                Duration.Of(queue.OldestSeconds is > 0 ? queue.OldestSeconds : null));
        }

        columns.Write(terminal);
        foreach (var service in silent) terminal.Line($"[yellow]{Terminal.Safe(service.Name)}: {Terminal.Safe(service.Error!.Message)}[/]");
        if (dead) terminal.Line("[dim]Why: auxo queues dead-letters. When the cause is mended: auxo queues replay[/]");
        return dead ? ExitCode.Negative : ExitCode.Ok;
    }

    private static string Number(long count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
