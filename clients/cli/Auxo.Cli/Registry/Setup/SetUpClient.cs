using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Xml;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;

namespace Auxo.Cli.Registry.Setup;

/// <summary>
/// <c>auxo registry setup CLIENT</c>: shows what a client's file would say; <c>--write</c> makes a token and writes it,
/// <c>--undo</c> takes it out again.
/// </summary>
internal static class SetUpClient
{
    public static Command Create(CliHost host)
    {
        var client = new Argument<string>("client") { Description = string.Join(", ", ClientSetup.All.Select(static c => c.Client)) };
        client.AcceptOnlyFromAmong([.. ClientSetup.All.Select(static c => c.Client)]);
        var repository = new Option<string?>("--repository") { Description = "Which one; by default the only one of that format" };
        var address = new Option<string?>("--address")
        {
            Description = "The registry's address as this client reaches it, such as https://packages.example.org",
        };
        var write = new Option<bool>("--write") { Description = "Make a token and write the file; without it, only show it" };
        var publish = new Option<bool>("--publish") { Description = "The token may publish too" };
        var undo = new Option<bool>("--undo") { Description = "Take it out of the file, and end its token" };
        return new Command("setup", "Set up a package client of yours for the registry")
            { client, repository, address, write, publish, undo }.Does(host, async (parsed, session, ct) =>
        {
            var setup = ClientSetup.Find(parsed.GetRequiredValue(client))!;
            var file = FileOf(host, setup);
            var at = new RegistryPlace(
                Address(session, parsed.GetValue(address)),
                await RepositoryAsync(session, setup, parsed.GetValue(repository), ct), "TOKEN");
            var account = $"{setup.Client} of {host.Variable("USER") ?? host.Variable("LOGNAME") ?? "me"} on {Environment.MachineName}";
            if (parsed.GetValue(undo)) return await UndoAsync(session, setup, at, file, account, ct);
            if (!parsed.GetValue(write)) return ShowOnly(session, setup, at, file);
            var former = await TokensAsync(session, account, ct);
            List<string> scopes = [$"registry:read:{at.Repository}"];
            if (parsed.GetValue(publish)) scopes.Add($"registry:write:{at.Repository}");
            if (setup.HasOneTokenForAll) scopes.AddRange(former.SelectMany(static t => t.Scopes));
            var token = await session.Clients.Registry.CreateTokenAsync(
                new TokenRequest(account, [.. scopes.Distinct()], null, $"made by 'auxo registry setup {setup.Client}'"), ct);
            await WriteAsync(file, text => setup.Write(text, at with { Token = token.Text }), ct);
            // The file had them, and has them no longer.
            foreach (var old in former) await session.Clients.Registry.RevokeTokenAsync(old.Id, ct);
            if (session.Terminal.Json)
                session.Terminal.WriteJson(new { client = setup.Client, file, at.Repository, account, written = true });
            else
            {
                session.Terminal.Line($"[green]✓[/] {Terminal.Safe(file)} names the registry now.");
                session.Terminal.Line("  Try it: " + Terminal.Safe(Filled(setup.Next, at)));
                if (parsed.GetValue(publish))
                    session.Terminal.Line("  Publish: " + Terminal.Safe(Filled(setup.Publish, at)));
                if (setup.Format == "pypi" && parsed.GetValue(publish))
                    session.Terminal.Line("  [dim]TOKEN stands behind 'auxo:' in that file.[/]");
                if (setup.Format == "nuget") session.Terminal.Line(
                    "  Other sources stay beside it; to take packages from here alone: dotnet nuget disable source nuget.org");
                session.Terminal.Line($"  [dim]Take it out again: auxo registry setup {setup.Client} --undo[/]");
            }

            return ExitCode.Ok;
        });
    }

    private static string Filled(string command, RegistryPlace at)
        => command.Replace("http://", at.Address.Scheme + "://", StringComparison.Ordinal)
            .Replace("HOST", at.Host, StringComparison.Ordinal)
            .Replace("REPOSITORY", at.Repository, StringComparison.Ordinal);

    private static string FileOf(CliHost host, ClientSetup setup)
        => setup.ConfigFile is { } below && host.Variable("XDG_CONFIG_HOME") is { Length: > 0 } config
            ? Path.Combine(config, below)
            : Path.Combine(host.Variable("HOME") ?? throw new CliException(
                ExitCode.Negative, "HOME is not set, so your files are not known.", "Set it, and call this again."), setup.File);

    private static int ShowOnly(Session session, ClientSetup setup, RegistryPlace at, string file)
    {
        var text = setup.Write("", at);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { client = setup.Client, file, at.Repository, text, written = false });
        else
        {
            session.Terminal.Line($"In {Terminal.Safe(file)}, with a token in the place of TOKEN (auxo token create NAME --scope "
                + $"registry:read:{Terminal.Safe(at.Repository)}):");
            session.Terminal.Line("");
            foreach (var line in text.TrimEnd().Split('\n')) session.Terminal.Line("    " + Terminal.Safe(line));
            session.Terminal.Line("");
            session.Terminal.Line($"[dim]--write makes the token and writes it.[/]");
        }

        return ExitCode.Ok;
    }

    private static async Task<int> UndoAsync(
        Session session, ClientSetup setup, RegistryPlace at, string file, string account, CancellationToken ct)
    {
        var changed = File.Exists(file) && await WriteAsync(file, text => setup.Undo(text, at), ct);
        var ended = await TokensAsync(session, account, ct);
        foreach (var token in ended) await session.Clients.Registry.RevokeTokenAsync(token.Id, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { client = setup.Client, file, changed, endedTokens = ended.Count });
        else session.Terminal.Line(changed
            ? $"[green]✓[/] {Terminal.Safe(file)} is as it was, and its token has ended."
            : $"{Terminal.Safe(file)} says nothing of the registry.");
        return ExitCode.Ok;
    }

    /// <summary>Those that were made here for this client and have not ended.</summary>
    private static async Task<IReadOnlyList<Token>> TokensAsync(Session session, string account, CancellationToken ct)
        => [.. (await session.Clients.Registry.TokensAsync(all: false, ct)).Items.Where(t => t.Name == account)];

    /// <summary>Nobody else may read a file with a token in it.</summary>
    private static async Task<bool> WriteAsync(string file, Func<string, string> change, CancellationToken ct)
    {
        var before = File.Exists(file) ? await File.ReadAllTextAsync(file, ct) : "";
        string after;
        try
        {
            after = change(before);
        }
        catch (Exception e) when (e is JsonException or XmlException)
        {
            throw new CliException(ExitCode.Negative, $"{file} cannot be read: {e.Message}", "Mend it, and call this again.");
        }

        if (after == before) return false;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var fresh = await FreshFile.WriteAsync(
            FreshFile.Real(file), Encoding.UTF8.GetBytes(after), UnixFileMode.UserRead | UnixFileMode.UserWrite, ct);
        fresh.Take();
        return true;
    }

    private static Uri Address(Session session, string? wanted)
        => wanted is null ? session.Clients.Instance.Endpoints["registry"]
            : Uri.TryCreate(wanted, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
            : throw new CliException(ExitCode.Usage, $"'{wanted}' is no address.", "It looks like https://packages.example.org");

    private static async Task<string> RepositoryAsync(Session session, ClientSetup setup, string? wanted, CancellationToken ct)
    {
        var all = (await session.Clients.Registry.RepositoriesAsync(ct)).Items.Where(r => r.Format == setup.Format).ToList();
        if (wanted is not null && all.Exists(r => r.Name == wanted)) return wanted;
        if (wanted is null && all.Count == 1) return all[0].Name;
        if (wanted is null && all.Exists(r => r.Name == setup.Format)) return setup.Format;
        throw all.Count == 0
            ? new CliException(ExitCode.Negative, $"There is no repository for {setup.Client} yet.",
                $"Make one: auxo registry define {setup.Format}, or auxo mirror add {setup.Format} URL")
            : new CliException(ExitCode.Usage, wanted is null
                    ? $"There are several repositories for {setup.Client}."
                    : $"'{wanted}' is no repository for {setup.Client}.",
                $"Name one: --repository {string.Join('|', all.Select(static r => r.Name))}");
    }
}
