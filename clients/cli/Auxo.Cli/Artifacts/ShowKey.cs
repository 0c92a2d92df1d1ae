using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Artifacts;

/// <summary><c>auxo artifacts key</c></summary>
internal static class ShowKey
{
    public static Command Create(CliHost host)
        => new Command("key", "Show the key by which the registry signs where files came from: write it down where files are verified")
            .Does(host, async (_, session, ct) =>
            {
                var key = await session.Clients.Registry.ProvenanceKeyAsync(ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(key);
                else session.Terminal.Line(Terminal.Safe(key.Key));
                return ExitCode.Ok;
            });
}
