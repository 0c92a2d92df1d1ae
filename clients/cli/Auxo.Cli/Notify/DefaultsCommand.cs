using System.CommandLine;

using Auxo.Api;

namespace Auxo.Cli.Notify;

/// <summary><c>auxo notify defaults --mail CHANNEL</c>: the routes that most want.</summary>
internal static class DefaultsCommand
{
    public static Command Create(CliHost host)
    {
        var mail = new Option<string>("--mail")
        {
            Description = "The channel that reaches whoever minds this Auxo, usually by mail", Required = true,
        };
        return new Command("defaults", "Set up the routes that most want; those of other names stay") { mail }.Does(
            host, async (parsed, session, ct) =>
            {
                var routes = await session.Clients.Notify.SetUpDefaultsAsync(new DefaultsRequest(parsed.GetRequiredValue(mail)), ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(routes);
                else RoutesCommand.Show(session.Terminal, routes.Items);
                return ExitCode.Ok;
            });
    }
}
