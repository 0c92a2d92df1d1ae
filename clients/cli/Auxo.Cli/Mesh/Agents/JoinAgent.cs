using System.CommandLine;

using Auxo.Cli.Instances;
using Auxo.Cli.Mesh.Agents.Looking;
using Auxo.Cli.Output;
using Auxo.Contracts.Mesh;
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
        var file = Read(session.Host, url, token);
        var (address, layout) = (file.Url, Instance.Layout(session.Host));
        var taken = await ReportAsync(session.Host, file, ct);
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

    /// <exception cref="CliException">It is no address, or no token.</exception>
    internal static AgentFile Read(CliHost host, string url, string token)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CliException(
                ExitCode.Usage, $"'{url}' is no address.", "Write it as https://ci.example.org or http://10.0.0.1:9100.");
        var text = (token == "-" ? host.StandardInput.ReadLine() ?? "" : token).Trim();
        return text.StartsWith("auxo_", StringComparison.Ordinal) ? new AgentFile(address, text) : throw new CliException(
            ExitCode.Usage, "This is no token of Auxo.", "'auxo agent token NAME' on the main machine makes one.");
    }

    /// <summary>Keeps where this node reports, and reports once.</summary>
    /// <exception cref="CliException">It cannot be kept, or Auxo does not take the report.</exception>
    internal static async Task<ReportTaken> ReportAsync(CliHost host, AgentFile file, CancellationToken ct)
    {
        try
        {
            file.Write(Instance.Layout(host));
        }
        catch (HostingException e)
        {
            throw new CliException(ExitCode.Negative, e.Message);
        }

        using var sender = new ReportSender(file);
        return await sender.SendAsync(await new NodeLook(host).ReadAsync([], ct), ct);
    }
}
