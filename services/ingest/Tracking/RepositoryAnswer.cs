using System.Globalization;

using Auxo.Contracts;
using Auxo.Ingest.Receiving;
using Auxo.Ingest.Scanning;
using Auxo.ServiceDefaults.Access;

namespace Auxo.Ingest.Tracking;

/// <summary>A repository as clients see it; its source is the folder, which people can look at.</summary>
/// <param name="Rid">Its id.</param>
/// <param name="Name">For people.</param>
/// <param name="DefaultBranch">Short name.</param>
/// <param name="Source">The git repository (of a work tree: its <c>.git</c>).</param>
/// <param name="Kind">What it is kept in.</param>
/// <param name="Delegates">Who decides; empty for plain git.</param>
/// <param name="Trusted">Whose own steps run besides the delegates'.</param>
/// <param name="Branches">Further branches that are built; plain git only.</param>
/// <param name="TrackedAt">Since when.</param>
/// <param name="Hooks">Where its webhooks go; null for whoever is not signed in.</param>
/// <param name="Problem">Why the last look at it failed; null when it did not.</param>
/// <param name="IsPublic">Everybody may read it, without a token.</param>
public sealed record RepositoryAnswer(
    Rid Rid, string Name, string DefaultBranch, string Source, RepositoryKind Kind, IReadOnlyList<Did> Delegates,
    IReadOnlyList<Did> Trusted,
    IReadOnlyList<string> Branches, DateTimeOffset TrackedAt, HooksAnswer? Hooks, string? Problem, bool IsPublic)
{
    /// <summary>For whoever is not signed in: nothing of this machine, nothing of who is trusted on it.</summary>
    public RepositoryAnswer ForVisitors() => this with { Source = Rid.Value, Trusted = [], Hooks = null, Problem = null };
}

/// <summary>Brings together what clients want to know of a repository.</summary>
public sealed class RepositoryAnswers(
    RepositoryFolders folders, WebhookSecrets secrets, HookAddress address, Observer observer, AccessTokens access)
{
    /// <summary>From what is known.</summary>
    public async ValueTask<RepositoryAnswer> OfAsync(Repository r, CancellationToken ct)
        => new(r.Rid, r.Name, r.DefaultBranch, folders.FolderOf(r.Source), r.Kind, r.Delegates, r.Trusted, r.Branches, r.TrackedAt,
            new HooksAnswer(address.Url, secrets.Find(r.Rid).Known), observer.Find(r.Rid)?.Failure, await access.IsPublicAsync(r.Rid, ct));
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
