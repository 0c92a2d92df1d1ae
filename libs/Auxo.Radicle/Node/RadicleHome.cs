using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Auxo.Radicle;

/// <summary>Where a Radicle profile is, found as <c>rad</c> finds it.</summary>
/// <param name="Path">RAD_HOME.</param>
/// <param name="Socket">The node's control socket; it exists only while the node runs.</param>
public sealed record RadicleHome(string Path, string Socket)
{
    /// <summary>The folder with one bare repository per RID.</summary>
    public string Storage => System.IO.Path.Combine(Path, "storage");

    /// <summary>The private key. Auxo reads it to sign what it writes, when it has no passphrase (<see cref="SigningKey"/>).</summary>
    public string Key => System.IO.Path.Combine(Path, "keys", "radicle");

    /// <summary>The path of a repository in the storage.</summary>
    public string RepositoryPath(Contracts.Rid rid) => System.IO.Path.Combine(Storage, rid.Bare);

    /// <summary>
    /// The name that the profile's owner has given himself; null when its settings do not say one that can stand in a commit.
    /// </summary>
    public async Task<string?> AliasAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(System.IO.Path.Combine(Path, "config.json"));
            var settings = await JsonNode.ParseAsync(file, cancellationToken: cancellationToken);
            return settings?["node"]?["alias"] is JsonValue value && value.TryGetValue<string>(out var alias)
                && alias.Length is > 0 and <= 32 && !alias.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>')
                    ? alias
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The profile in whose storage a repository is, with its socket where it usually is; null for one elsewhere.</summary>
    public static RadicleHome? OfRepository(string path)
        => Directory.GetParent(path) is { Name: "storage", Parent.FullName: var home }
            ? new RadicleHome(home, System.IO.Path.Combine(home, "node", "control.sock"))
            : null;

    /// <summary>Looks at <c>RAD_HOME</c>, else <c>~/.radicle</c>; <c>RAD_SOCKET</c>, else <c>node/control.sock</c> in it.</summary>
    /// <param name="environment">Reads a variable; null when it is not set.</param>
    public static RadicleHomeSearch Find(Func<string, string?> environment)
    {
        var home = NotEmpty(environment("RAD_HOME"))
            ?? (NotEmpty(environment("HOME")) is { } user ? System.IO.Path.Combine(user, ".radicle") : null);
        if (home is null) return new RadicleHomeSearch.Absent(
            "Neither RAD_HOME nor HOME is set, so there is no Radicle profile to look for.");
        home = System.IO.Path.GetFullPath(home);
        if (!Directory.Exists(System.IO.Path.Combine(home, "storage")))
            return new RadicleHomeSearch.Absent(
                $"There is no Radicle profile in {home}. Make one with `rad auth`, or set RAD_HOME to the one to use.");
        return new RadicleHomeSearch.Found(
            new RadicleHome(home, NotEmpty(environment("RAD_SOCKET")) ?? System.IO.Path.Combine(home, "node", "control.sock")));
    }

    /// <summary>
    /// Like <see cref="Find(Func{string, string?})"/>, and refuses a profile of another user: what Auxo writes there would be
    /// files that its owner's node cannot change any more.
    /// </summary>
    public static async Task<RadicleHomeSearch> FindOwnAsync(Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var search = Find(environment);
        if (search is not RadicleHomeSearch.Found found) return search;
        var owner = await OwnerAsync(found.Home.Path, cancellationToken);
        var self = GetEffectiveUserId();
        return owner is null || owner == self
            ? found
            : new RadicleHomeSearch.Refused(
                $"{found.Home.Path} belongs to user {owner}, but Auxo runs as user {self}. Start Auxo as the user who "
                    + "runs the Radicle node, or set RAD_HOME.");
    }

    /// <summary>The numeric id of a file's owner, by POSIX's own means; null when the system does not say.</summary>
    private static async Task<uint?> OwnerAsync(string path, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("ls", ["-ldn", path]) 
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        });
        if (process is null) return null;
        var line = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 2 && uint.TryParse(fields[2], out var owner) ? owner : null;
    }

    private static string? NotEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();
}

/// <summary>What came of looking for a profile.</summary>
public abstract record RadicleHomeSearch
{
    private RadicleHomeSearch()
    {
    }

    /// <summary>It is there and ours.</summary>
    public sealed record Found(RadicleHome Home) : RadicleHomeSearch;

    /// <summary>There is none: Auxo works on git repositories and webhooks alone.</summary>
    public sealed record Absent(string Reason) : RadicleHomeSearch;

    /// <summary>There is one that must not be used.</summary>
    public sealed record Refused(string Reason) : RadicleHomeSearch;
}
