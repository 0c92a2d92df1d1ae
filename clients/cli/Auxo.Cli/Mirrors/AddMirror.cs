using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Registry;

namespace Auxo.Cli.Mirrors;

/// <summary><c>auxo mirror add FORMAT UPSTREAM</c></summary>
internal static class AddMirror
{
    private static readonly string[] Formats = ["npm", "pypi", "nuget", "oci", "debian", "brew"];

    public static Command Create(CliHost host)
    {
        var format = new Argument<string>("format") { Description = string.Join(", ", Formats) };
        format.AcceptOnlyFromAmong(Formats);
        var upstream = new Argument<string>("upstream") { Description = "The address of the registry that is mirrored" };
        var name = new Option<string?>("--name") { Description = "The repository; by default it is called like the format" };
        var cooldown = new Option<int?>("--cooldown")
        {
            Description = "Versions younger than so many days are not offered (default 3; 0 for none)",
        };
        var except = new Option<string[]>("--no-cooldown-for")
        {
            Description = "Packages of which young versions are offered too, such as '@acme/*' (may be repeated)",
        };
        var refresh = new Option<int?>("--refresh-days") { Description = "What was fetched is asked for again so often (default 7)" };
        var quota = new Option<long?>("--quota") { Description = "How much it may keep (default 10GiB)", CustomParser = ByteSize.Parse };
        var blindly = new Option<bool>("--unchecked") { Description = "Do not ask upstream first whether it is such a registry" };
        return new Command("add", "Mirror a registry: in a new repository, or beside what was published in one")
            { format, upstream, name, cooldown, except, refresh, quota, blindly }.Does(host, async (parsed, session, ct) =>
        {
            var defined = await session.Clients.Registry.DefineRepositoryAsync(
                parsed.GetValue(name) ?? parsed.GetRequiredValue(format), new RepositoryDefinition(parsed.GetValue(quota), null)
                {
                    Format = parsed.GetRequiredValue(format), Upstream = parsed.GetRequiredValue(upstream),
                    CooldownDays = parsed.GetValue(cooldown), RefreshDays = parsed.GetValue(refresh),
                    CooldownOff = parsed.GetValue(except) is { Length: > 0 } patterns ? patterns : null,
                    CheckUpstream = !parsed.GetValue(blindly),
                }, ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(defined);
            else DefineRepository.Show(session.Terminal, defined);
            return ExitCode.Ok;
        });
    }
}
