using Auxo.Contracts;

using Microsoft.Extensions.Configuration;

namespace Auxo.ServiceDefaults.Repositories;

/// <summary>
/// The one place that knows in which folder of this machine a repository is. It needs the node's storage, which is no secret;
/// the rest of the node's home is for ingest alone.
/// </summary>
/// <param name="storage">The folder with one bare repository per id; it need not exist.</param>
public sealed class RepositoryFolders(string storage)
{
    /// <summary>The setting by which the AppHost says where the node's storage is.</summary>
    public const string Setting = "Auxo:Radicle:Storage";

    /// <summary>The same setting as a variable of a service's environment.</summary>
    public const string Variable = "Auxo__Radicle__Storage";

    private readonly string _storage = Path.TrimEndingDirectorySeparator(Path.GetFullPath(storage));

    /// <summary>By the AppHost's word, else where <c>rad</c> would look.</summary>
    public static RepositoryFolders From(IConfiguration configuration)
        => new(configuration[Setting] is { Length: > 0 } given ? given : NodeStorage(name => configuration[name]));

    /// <summary><c>storage</c> in <c>RAD_HOME</c>, else in <c>~/.radicle</c>.</summary>
    /// <param name="environment">Reads a variable; null when it is not set.</param>
    public static string NodeStorage(Func<string, string?> environment)
        => Path.GetFullPath(environment("RAD_HOME") is { Length: > 0 } home ? Path.Combine(home, "storage")
            : Path.Combine(environment("HOME") is { Length: > 0 } user
                ? user : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".radicle", "storage"));

    /// <summary>The folder of a repository, which may be gone.</summary>
    public string FolderOf(RepositoryLocator locator)
        => Rid.TryParse(locator.Value, provider: null, out var rid)
            ? Path.Combine(_storage, rid.Bare)
            : Uri.UnescapeDataString(locator.Value[RepositoryLocator.FolderScheme.Length..]);

    /// <summary>What a message says of a folder: by its id when it is in the node's storage, so that the storage may move.</summary>
    /// <param name="folder">Absolute.</param>
    public RepositoryLocator LocatorOf(string folder)
        => Path.GetDirectoryName(folder) == _storage && Rid.TryParse(Path.GetFileName(folder), provider: null, out var rid)
            ? RepositoryLocator.InStorage(rid)
            : RepositoryLocator.OfFolder(folder);
}
