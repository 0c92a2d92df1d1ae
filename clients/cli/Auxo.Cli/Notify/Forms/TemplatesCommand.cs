using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Notify.Forms;

/// <summary><c>auxo notify templates set|show|remove|preview CHANNEL</c>: the form of a channel's messages.</summary>
internal static class TemplatesCommand
{
    public static Command Create(CliHost host)
    {
        var (set, shown, removed, looked) = (Channel(), Channel(), Channel(), Channel());
        var file = new Argument<string>("file") { Description = "The template, in Liquid" };
        var type = new Option<string?>("--type") { Description = "Of what: build.failed (the default), patch.opened, health.critical …" };
        var draft = new Option<string?>("--file")
        {
            Description = "A template that is not set yet; left out, the one that the channel has",
        };
        return new Command("templates", "Give a channel's messages a form of their own")
        {
            new Command("set", "Give them a form") { set, file }.Does(host, async (parsed, session, ct) =>
            {
                var template = await session.Clients.Notify.SetTemplateAsync(
                    parsed.GetRequiredValue(set), new TemplateRequest(Read(host, parsed.GetRequiredValue(file))), ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(template);
                else session.Terminal.Line(
                    $"[green]✓[/] {Terminal.Safe(template.Channel)}; look at it: auxo notify templates preview "
                        + Terminal.Safe(template.Channel));
                return ExitCode.Ok;
            }),
            new Command("show", "Show the form they have") { shown }.Does(host, async (parsed, session, ct) =>
            {
                var template = await session.Clients.Notify.TemplateAsync(parsed.GetRequiredValue(shown), ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(template);
                else Lines(session.Terminal, template.Source);
                return ExitCode.Ok;
            }),
            new Command("remove", "Give them the built-in form again") { removed }.Does(host, async (parsed, session, ct) =>
            {
                var name = parsed.GetRequiredValue(removed);
                await session.Clients.Notify.RemoveTemplateAsync(name, ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(new { removed = name });
                else session.Terminal.Line($"The messages of {Terminal.Safe(name)} have the built-in form again.");
                return ExitCode.Ok;
            }),
            new Command("preview", "Show what an imagined message would be; nothing is sent") { looked, type, draft }.Does(
                host, async (parsed, session, ct) => Show(session.Terminal, await session.Clients.Notify.PreviewAsync(
                    parsed.GetRequiredValue(looked),
                    new PreviewRequest(parsed.GetValue(type), parsed.GetValue(draft) is { } path ? Read(host, path) : null), ct))),
        };
    }

    private static int Show(Terminal terminal, TemplatePreview preview)
    {
        if (terminal.Json) terminal.WriteJson(preview);
        else if (preview.Text is { } text) Lines(terminal, text);
        else terminal.Line($"[yellow]The built-in form would be sent:[/] {Terminal.Safe(preview.Problem)}");
        return preview.Problem is null ? ExitCode.Ok : ExitCode.Negative;
    }

    private static void Lines(Terminal terminal, string text)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n')) terminal.Line(Terminal.Safe(line));
    }

    private static string Read(CliHost host, string file)
    {
        try
        {
            return File.ReadAllText(Path.GetFullPath(file, host.WorkingFolder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"The template cannot be read: {e.Message}", inner: e);
        }
    }

    private static Argument<string> Channel() => new("channel") { Description = "Whose messages" };
}
