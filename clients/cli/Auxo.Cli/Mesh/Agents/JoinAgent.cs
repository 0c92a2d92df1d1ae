using System.CommandLine;

using Auxo.Cli.Instances;
using Auxo.Cli.Mesh.Agents.Looking;
using Auxo.Cli.Output;
using Auxo.Instances;

namespace Auxo.Cli.Mesh.Agents;

/// <summary><c>auxo agent join URL TOKEN</c>: keeps where this node reports, and reports once to see whether it can.</summary>
internal static class JoinAgent
{
    public static Command Create(CliHost host)
    {
        var url = new Argument<string>("url")
        {
            Description = "Where Auxo takes reports, as this machine reaches it, such as https://ci.example.org or http://10.0.0.1:9100",
        };
        var token = new Argument<string>("token") { Description = "The token of this node; '-' reads it from standard input" };
        return new Command("join", "Let this node report to an Auxo; 'auxo agent install' keeps it reporting") { url, token }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(url), parsed.GetRequiredValue(token), ct));
    }

    private static async Task<int> RunAsync(Session session, string url, string token, CancellationToken ct)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CliException(
                ExitCode.Usage, $"'{url}' is no address.", "Write it as https://ci.example.org or http://10.0.0.1:9100.");
        var text = (token == "-" ? session.Host.StandardInput.ReadLine() ?? "" : token).Trim();
        if (!text.StartsWith("auxo_", StringComparison.Ordinal))
            throw new CliException(ExitCode.Usage, "This is no token of Auxo.", "'auxo agent token NAME' on the main machine makes one.");
        var file = new AgentFile(address, text);
        var layout = Instance.Layout(session.Host);
        try
        {
            file.Write(layout);
        }
        catch (HostingException e)
        {
            throw new CliException(ExitCode.Negative, e.Message);
        }

        var look = new NodeLook(session.Host);
        using var sender = new ReportSender(file);
        var taken = await sender.SendAsync(await look.ReadAsync([], ct), ct);
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(new { name = taken.Name, url = address, file = layout.AgentFile });
            return ExitCode.Ok;
        }

        session.Terminal.Line($"[green]✓[/] This node is {Terminal.Safe(taken.Name)} of the mesh at {Terminal.Safe(address.AbsoluteUri)}, "
            + $"with {taken.Others.Count} {(taken.Others.Count == 1 ? "other" : "others")}.");
        session.Terminal.Line("  'auxo agent install' keeps it reporting; 'auxo agent' does so in this terminal.");
        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback) session.Terminal.Line(
            "  [yellow]The address is not https: outside a VPN, whoever can read this network reads the token and the reports.[/]");
        return ExitCode.Ok;
    }
}
