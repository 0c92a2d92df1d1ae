using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Notify.Reading;

/// <summary><c>auxo notify people</c>: who reads notifications, and how.</summary>
internal static class PeopleCommand
{
    public static Command Create(CliHost host)
        => new Command("people", "Show who reads notifications, and how").Does(host, static (_, session, ct) => ListAsync(session, ct));

    private static async Task<int> ListAsync(Session session, CancellationToken ct)
    {
        var page = await session.Clients.Notify.ReadersAsync(ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line(
                "Nobody is known yet. Such as: auxo notify prefs set alice --channel alice-mail --did did:key:z6Mk… --digest daily");
            return ExitCode.Ok;
        }

        var columns = new Columns(1, "PERSON", "CHANNELS", "FROM LEVEL", "QUIET", "DIGEST") { Wraps = true };
        foreach (var reader in page.Items)
            columns.Add(
                new Cell(reader.Name, "bold"), string.Join(' ', reader.Channels), reader.MinLevel, string.Join(", ", reader.Quiet),
                reader.Digest == "off" ? "off" : $"{reader.Digest} {reader.DigestAt} {reader.Zone}");
        columns.Write(terminal);
        return ExitCode.Ok;
    }
}
