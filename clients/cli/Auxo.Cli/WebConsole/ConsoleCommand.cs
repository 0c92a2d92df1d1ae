using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Http.Json;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.WebConsole;

/// <summary><c>auxo console</c>: a link that opens the web console once, without a password.</summary>
internal static class ConsoleCommand
{
    public static Command Create(CliHost host)
    {
        var print = new Option<bool>("--print") { Description = "Only print the link; open no browser" };
        return new Command("console", "Open the web console, signed in") { print, LoginCommand.Create(host) }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(print), ct));
    }

    private static async Task<int> RunAsync(Session session, bool print, CancellationToken ct)
    {
        using var answer = await session.Clients.Http("console").PostAsync(new Uri("login/links", UriKind.Relative), content: null, ct);
        return Show(session, (await answer.Content.ReadFromJsonAsync<LoginLink>(ApiJson.Options, ct))!, print);
    }

    /// <summary>Prints a link, and opens it where there is a terminal.</summary>
    public static int Show(Session session, LoginLink link, bool print)
    {
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(link);
            return ExitCode.Ok;
        }

        session.Terminal.Line(Terminal.Safe(link.Url));
        session.Terminal.Line("[dim]It opens once, within five minutes.[/]");
        if (!print && session.Host.IsTerminal) Open(link.Url);
        return ExitCode.Ok;
    }

    /// <summary>A machine without a desktop has no such program; the link is there to be copied.</summary>
    private static void Open(string url)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [url])
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            });
        }
        catch (Win32Exception)
        {
            // Printed it is.
        }
    }
}

/// <summary>What the console answers: a link that signs in once.</summary>
internal sealed record LoginLink(string Url);
