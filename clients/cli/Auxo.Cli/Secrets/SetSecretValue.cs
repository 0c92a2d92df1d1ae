using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Secrets;

/// <summary><c>auxo secret set NAME</c></summary>
internal static class SetSecretValue
{
    public static Command Create(CliHost host)
    {
        var place = new SecretPlace();
        var branches = new Option<string[]>("--branch")
        {
            Description = "Branches whose steps are given it, by pattern; refs/tags/v* is one of tags (may be repeated; by default the "
                + "default branch and all tags)",
        };
        var steps = new Option<string[]>("--step")
        {
            Description = "Steps that are given it, by name or pattern (may be repeated; by default every step that names it)",
        };
        var patches = new Option<bool>("--patches") { Description = "Patches of delegates and trusted authors too" };
        var strangers = new Option<bool>("--stranger-approved")
        {
            Description = "All patches too: a stranger's once somebody has approved exactly that commit",
        };
        return new Command("set", "Give a secret its value, from a hidden question or from standard input; again to change anything of it")
        {
            place.Name, place.Repository, place.All, branches, steps, patches, strangers,
        }
            .Does(host, async (parsed, session, ct) =>
            {
                var (rid, where) = await place.ResolveAsync(parsed, session, ct);
                var name = parsed.GetRequiredValue(place.Name);
                var request = new SetSecret(
                    Value(host, name), parsed.GetValue(branches) ?? [], parsed.GetValue(steps) ?? [],
                    parsed.GetValue(strangers) ? "approved" : parsed.GetValue(patches) ? "trusted" : "none");
                var set = await session.Clients.Pipeline.SetSecretAsync(name, rid, request, ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(set);
                else session.Terminal.Line(
                    $"[green]✓[/] {Terminal.Safe(name)} of {Terminal.Safe(where)} is set. A step names it in the pipeline file: "
                        + $"secrets: {Terminal.Safe(name)}");
                return ExitCode.Ok;
            });
    }

    /// <summary>
    /// Never from the command line, which everybody on the machine can read. The line end that <c>echo</c> adds to one line is no part of
    /// it; several lines are kept as they are, since keys need their last one.
    /// </summary>
    private static string Value(CliHost host, string name)
    {
        var value = host.ReadSecret is { } read ? read($"Value of {name}: ") : host.StandardInput.ReadToEnd();
        if (value.TrimEnd('\r', '\n') is var line && !line.Contains('\n', StringComparison.Ordinal)) value = line;
        return value.Length > 0
            ? value
            : throw new CliException(
                ExitCode.Usage, "No value came.", $"Type it on a terminal, or: auxo secret set {name} … < FILE");
    }
}
