using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Contracts;

namespace Auxo.Cli.DeadLetters;

/// <summary>
/// <c>auxo dead-letters [replay]</c>: messages whose handler gave up. They are kept until somebody has mended the cause and
/// sends them again.
/// </summary>
internal static class DeadLettersCommand
{
    public static Command Create(CliHost host)
    {
        var command = CreateList(host);
        command.Add(CreateReplay(host));
        return command;
    }

    /// <summary><c>dead-letters</c> alone, also below <c>auxo queues</c>.</summary>
    public static Command CreateList(CliHost host)
        => new Command("dead-letters", "Show messages whose handler gave up, and why")
            .Does(host, static (_, session, ct) => ListAsync(session, ct));

    /// <summary><c>replay</c>, also below <c>auxo queues</c>.</summary>
    public static Command CreateReplay(CliHost host)
    {
        var id = new Argument<string?>("id")
        {
            Description = "At least 4 digits of one letter's id; all of them by default", Arity = ArgumentArity.ZeroOrOne,
        };
        return new Command("replay", "Handle them again, once the cause is mended") { id }.Does(
            host, (parsed, session, ct) => ReplayAsync(session, parsed.GetValue(id), ct));
    }

    private static async Task<int> ListAsync(Session session, CancellationToken ct)
    {
        var letters = await ReadAsync(session, ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                items = letters.Select(static l => new
                {
                    service = l.Service,
                    l.Letter.Id,
                    l.Letter.MessageType,
                    l.Letter.GroupId,
                    l.Letter.Body,
                    l.Letter.CorrelationId,
                    l.Letter.SentAt,
                    l.Letter.Attempts,
                    l.Letter.BuriedAt,
                    l.Letter.Reason,
                    l.Letter.Detail,
                }),
            });
            return letters.Count == 0 ? ExitCode.Ok : ExitCode.Negative;
        }

        if (letters.Count == 0)
        {
            terminal.Line("No dead letters.");
            return ExitCode.Ok;
        }

        var digits = DigitsThatTellApart([.. letters.Select(static l => l.Letter.Id)]);
        var columns = new Columns(4, "ID", "SERVICE", "MESSAGE", "SINCE", "WHY") { Wraps = true };
        foreach (var (service, letter) in letters)
            columns.Add(new Cell(letter.Id[..digits], "bold"), service, letter.MessageType,
                Words.Ago(terminal.Now, letter.BuriedAt), $"{letter.Detail} ({letter.Attempts} attempts)");
        columns.Write(terminal);
        terminal.Line();
        terminal.Line("[dim]When the cause is mended: auxo dead-letters replay[/]");
        return ExitCode.Negative;
    }

    /// <summary>As many digits of ids as <c>replay</c> needs to know one from the other: their first digits are a time.</summary>
    private static int DigitsThatTellApart(IReadOnlyList<string> ids)
    {
        var whole = ids.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var digits = 8;
        while (digits < 36 && whole.DistinctBy(id => id[..digits], StringComparer.OrdinalIgnoreCase).Count() < whole.Count) digits++;
        return digits;
    }

    private static async Task<int> ReplayAsync(Session session, string? prefix, CancellationToken ct)
    {
        var letters = await ReadAsync(session, ct);
        if (prefix is not null)
        {
            letters = [.. letters.Where(l => prefix.Length >= 4 && l.Letter.Id.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))];
            if (letters.Count != 1) throw new CliException(ExitCode.Usage,
                $"'{prefix}' fits {letters.Count} dead letters.", "'auxo dead-letters' shows them; give at least 4 digits of one.");
        }

        foreach (var service in letters.GroupBy(static l => l.Service, StringComparer.Ordinal))
            await session.Clients.Messaging(service.Key).ReplayAsync([.. service.Select(static l => l.Letter.Id)], ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { replayed = letters.Count });
        else session.Terminal.Line(
            letters.Count == 0 ? "No dead letters." : $"{letters.Count} sent again; 'auxo dead-letters' shows whether they come back.");
        return ExitCode.Ok;
    }

    /// <summary>Of all services that answer; when none does, why.</summary>
    private static async Task<IReadOnlyList<(string Service, DeadLetter Letter)>> ReadAsync(Session session, CancellationToken ct)
    {
        var answers = await Task.WhenAll(
            KnownServices.Names.Select(name => Attempt.OfAsync(name, () => session.Clients.Messaging(name).DeadLettersAsync(ct))));
        if (answers.All(static a => a.Error is not null)) throw answers.Select(static a => a.Error!).MaxBy(static e => e.Code)!;
        return [.. answers.SelectMany(static a => (a.Value?.Items ?? []).Select(l => (a.Name, l)))];
    }
}
