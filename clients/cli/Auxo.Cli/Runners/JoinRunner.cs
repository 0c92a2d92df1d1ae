using System.CommandLine;

using Auxo.Cli.Instances;
using Auxo.Cli.Output;
using Auxo.Instances;

namespace Auxo.Cli.Runners;

/// <summary><c>auxo runner join URL NAME</c>: on the other machine; it only writes what <c>auxo runner run</c> reads.</summary>
internal static class JoinRunner
{
    public static Command Create(CliHost host)
    {
        var url = new Argument<string>("url")
        {
            Description = "The pipeline's address as this machine reaches it, such as https://ci.example.org",
        };
        var name = new Argument<string>("name") { Description = "The runner's name there" };
        var token = new Option<string>("--token") { Description = "Its token; '-' reads it from standard input", Required = true };
        var capacity = new Option<int?>("--capacity") { Description = "How many builds it takes at once; by default one per processor" };
        return new Command("join", "Make this machine a runner of another machine's Auxo; 'auxo runner run' starts it")
        {
            url, name, token, capacity,
        }
            .Does(host, (parsed, session, _) => Task.FromResult(Run(
                session, parsed.GetRequiredValue(url), parsed.GetRequiredValue(name), parsed.GetRequiredValue(token),
                parsed.GetValue(capacity))));
    }

    private static int Run(Session session, string url, string name, string token, int? capacity)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CliException(
                ExitCode.Usage, $"'{url}' is no address.", "Write it as https://ci.example.org or http://10.0.0.1:8890.");
        if (capacity is < 1 or > 1000) throw new CliException(ExitCode.Usage, "--capacity is a number from 1 to 1000.");
        var text = (token == "-" ? session.Host.StandardInput.ReadLine() ?? "" : token).Trim();
        if (!text.StartsWith("auxo_", StringComparison.Ordinal))
            throw new CliException(ExitCode.Usage, "This is no token of Auxo.", "'auxo runner token NAME' on the main machine makes one.");
        var layout = Instance.Layout(session.Host).AsRunner;
        try
        {
            new RunnerFile(address, name, text, capacity).Write(layout);
        }
        catch (HostingException e)
        {
            throw new CliException(ExitCode.Negative, e.Message);
        }

        if (session.Terminal.Json) session.Terminal.WriteJson(new { url = address, name, capacity, file = layout.JoinedFile });
        else
        {
            session.Terminal.Line($"[green]✓[/] This machine is runner {Terminal.Safe(name)} of {Terminal.Safe(address.AbsoluteUri)}.");
            session.Terminal.Line("  './auxo runner run' starts it.");
            if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback) session.Terminal.Line(
                "  [yellow]The address is not https: whoever can read this network reads the token and the secrets of steps.[/]");
        }

        return ExitCode.Ok;
    }
}
