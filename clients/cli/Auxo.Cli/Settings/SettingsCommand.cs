using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Contracts;

namespace Auxo.Cli.Settings;

/// <summary><c>auxo settings</c>: what an operator may choose, and what counts in the running services.</summary>
internal static class SettingsCommand
{
    public static Command Create(CliHost host)
    {
        var chosen = new Option<bool>("--set") { Description = "Only what the operator has chosen" };
        return new Command("settings", "Show what can be chosen of Auxo, and what counts now") { chosen }
            .Does(host, (parsed, session, ct) => ShowAsync(session, parsed.GetValue(chosen), ct));
    }

    private static async Task<int> ShowAsync(Session session, bool onlyChosen, CancellationToken ct)
    {
        var answers = await Task.WhenAll(
            KnownServices.Names.Select(name => Attempt.OfAsync(name, () => session.Clients.SettingsOf(name).SettingsAsync(ct))));
        if (answers.All(static a => a.Error is not null)) throw answers[0].Error!;
        // A setting that several services read is one setting.
        var settings = answers.SelectMany(static a => a.Value?.Items ?? []).DistinctBy(static s => s.Variable)
            .Where(s => s.IsSet || !onlyChosen).OrderBy(static s => s.About, StringComparer.Ordinal).ToList();
        var silent = answers.Where(static a => a.Error is not null).ToList();
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                items = settings, problems = silent.Select(static a => new { service = a.Name, problem = a.Error!.Message }),
            });
            return ExitCode.Ok;
        }

        var columns = new Columns(1, "VARIABLE", "NOW, AND WHAT IT DECIDES") { Wraps = true };
        foreach (var setting in settings)
        {
            columns.Add(new Cell(setting.Variable, setting.IsSet ? "bold" : null), new Cell(setting.Value, setting.IsSet ? "green" : null));
            columns.Add("", new Cell(setting.Meaning, "dim"));
        }

        columns.Write(terminal);
        if (settings.Count == 0) terminal.Line("Nothing is set: everything is as it usually is. 'auxo settings' shows what can be chosen.");
        foreach (var service in silent) terminal.Line($"[yellow]{Terminal.Safe(service.Name)}: {Terminal.Safe(service.Error!.Message)}[/]");
        if (settings.Count > 0)
            terminal.Line("[dim]They are environment variables of './auxo up', and change when it is started again.[/]");
        return ExitCode.Ok;
    }
}
