using System.Globalization;

using Auxo.Contracts;
using Auxo.Ingest.Receiving;

namespace Auxo.Ingest.Tracking;

/// <summary>A repository as clients see it; its source is the folder, which people can look at.</summary>
public sealed record RepositoryAnswer(
    Rid Rid, string Name, string DefaultBranch, string Source, RepositoryKind Kind, IReadOnlyList<Did> Delegates,
    IReadOnlyList<Did> Trusted,
    IReadOnlyList<string> Branches, DateTimeOffset TrackedAt, HooksAnswer Hooks)
{
    /// <summary>From what is known.</summary>
    public static RepositoryAnswer Of(Repository r, RepositoryFolders folders, WebhookSecrets secrets, HookAddress address)
        => new(r.Rid, r.Name, r.DefaultBranch, folders.FolderOf(r.Source), r.Kind, r.Delegates, r.Trusted, r.Branches, r.TrackedAt,
            new HooksAnswer(address.Url, secrets.Find(r.Rid).Known));
}

/// <summary>Where webhooks of a repository go.</summary>
/// <param name="Url">The address to give to the sender.</param>
/// <param name="HasSecret">True when signed webhooks are accepted.</param>
public sealed record HooksAnswer(string Url, bool HasSecret);

/// <summary>A list, as all services answer it.</summary>
public sealed record ListAnswer<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>The address of this service as senders of webhooks see it: <c>Auxo__PublicUrl</c>, else this machine.</summary>
public sealed class HookAddress(IConfiguration configuration)
{
    /// <summary>With the path.</summary>
    public string Url { get; } = (configuration["Auxo:PublicUrl"] is { Length: > 0 } url
        ? url.TrimEnd('/')
        : (configuration["ASPNETCORE_URLS"] ?? configuration["urls"])?.Split(';')[0].TrimEnd('/')
            ?? string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{KnownServices.UsualPort("ingest")}")) + "/hooks/radicle";
}

/// <summary>No such repository is tracked.</summary>
public sealed class NotTrackedException(string rid) : AuxoException(
    "repository/not-tracked", 404, $"{rid} is not tracked here. 'auxo repo list' shows what is; 'auxo repo track' adds to it.");
