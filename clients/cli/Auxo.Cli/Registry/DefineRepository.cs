using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Registry;

/// <summary><c>auxo registry define NAME</c> and <c>auxo registry remove NAME</c></summary>
internal static class DefineRepository
{
    public static Command Create(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "1 to 64 of a-z, 0-9, '.', '_' and '-'" };
        var format = new Option<string?>("--format")
        {
            Description = $"What it holds: {string.Join(", ", RegistryCommand.Formats)}; by default what it is called",
        };
        format.AcceptOnlyFromAmong(RegistryCommand.Formats);
        var quota = new Option<long?>("--quota")
        {
            Description = "What its files may have together, such as 500MiB or 10GiB (default 10GiB)", CustomParser = ByteSize.Parse,
        };
        var immutable = new Option<bool?>("--immutable") { Description = "No file and no tag is ever replaced" };
        var open = new Option<bool?>("--anonymous-read") { Description = "Whoever reaches the registry may read without a token" };
        var tags = new Option<string[]>("--cleanup-tags")
        {
            Description = "Images: tags that cleaning up may remove, such as 'pr-*'; may be given again; '' for none",
        };
        return new Command("define", "Make a repository, or change its limits") { name, format, quota, immutable, open, tags }.Does(
            host, async (parsed, session, ct) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            var defined = await session.Clients.Registry.DefineRepositoryAsync(
                wanted, new RepositoryDefinition(parsed.GetValue(quota), parsed.GetValue(immutable))
                {
                    Format = parsed.GetValue(format) ?? await UsualFormatAsync(session, wanted, ct), AnonymousRead = parsed.GetValue(open),
                    CleanupTags = parsed.GetResult(tags) is null
                        ? null : [.. (parsed.GetValue(tags) ?? []).Where(static tag => tag.Length > 0)],
                }, ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(defined);
            else Show(session.Terminal, defined);
            return ExitCode.Ok;
        });
    }

    public static Command CreateRemove(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "The repository" };
        return new Command("remove", "Remove a repository in which nothing is published") { name }.Does(host, async (parsed, session, ct) =>
        {
            await session.Clients.Registry.RemoveRepositoryAsync(parsed.GetRequiredValue(name), ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(new { removed = parsed.GetRequiredValue(name) });
            else session.Terminal.Line($"{Terminal.Safe(parsed.GetRequiredValue(name))} is gone.");
            return ExitCode.Ok;
        });
    }

    /// <summary>Says what there is now, and what to do next.</summary>
    internal static void Show(Terminal terminal, RegistryRepository defined)
    {
        terminal.Line($"[green]✓[/] [bold]{Terminal.Safe(defined.Name)}[/] ({Terminal.Safe(defined.Format)}) holds "
            + $"{Amounts.Size(defined.QuotaBytes)} at most{(defined.Immutable ? "; nothing in it is ever replaced" : "")}"
            + $"{(defined.AnonymousRead ? "; everybody may read" : "")}.");
        if (defined.Mirror is { } mirror)
            terminal.Line($"  What is not yours comes from {Terminal.Safe(mirror.Upstream)}"
                + (mirror.CooldownDays > 0 && HasCooldown(defined.Format)
                    ? $", versions when they are {mirror.CooldownDays} days old." : "."));
        var client = defined.Format switch
        {
            "npm" or "nuget" or "brew" => defined.Format, "pypi" => "pip", "oci" => "docker", _ => null,
        };
        if (client is not null)
            terminal.Line($"  [dim]Set up a client: auxo registry setup {client} --repository {Terminal.Safe(defined.Name)} --write[/]");
    }

    /// <summary>Of the others nobody says in a way that can be trusted when a version was published.</summary>
    private static bool HasCooldown(string format) => format is "npm" or "pypi" or "nuget";

    /// <summary>What it is; a new one that is called like a format has that.</summary>
    private static async Task<string?> UsualFormatAsync(Session session, string name, CancellationToken ct)
    {
        var there = (await session.Clients.Registry.RepositoriesAsync(ct)).Items.FirstOrDefault(r => r.Name == name);
        if (there is not null) return there.Format;
        return RegistryCommand.Formats.Contains(name, StringComparer.Ordinal) ? name : throw new CliException(
            ExitCode.Usage, $"What shall '{name}' hold?", $"Say it: --format {string.Join('|', RegistryCommand.Formats)}");
    }
}
