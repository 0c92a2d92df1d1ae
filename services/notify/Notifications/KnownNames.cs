using Auxo.Contracts;

namespace Auxo.Notify.Notifications;

/// <summary>What people call something: later messages name only ids.</summary>
/// <param name="Id">A repository, or repository/patch.</param>
/// <param name="Name">Its name or title.</param>
public sealed record KnownName(string Id, string Name);

/// <summary>What people call a repository and a patch, as far as it was ever said.</summary>
/// <param name="Repository">Null when it was tracked before this service first ran.</param>
/// <param name="Patch">The patch's title.</param>
public sealed record KnownNames(string? Repository, string? Patch)
{
    /// <summary>Reads both.</summary>
    public static async Task<KnownNames> ReadAsync(IQuerySession session, Rid rid, PatchId? patch, CancellationToken ct)
    {
        var known = await session.LoadManyAsync<KnownName>(ct, rid.Value, Key(rid, patch));
        return new KnownNames(
            known.FirstOrDefault(name => name.Id == rid.Value)?.Name, known.FirstOrDefault(name => name.Id == Key(rid, patch))?.Name);
    }

    internal static string Key(Rid rid, PatchId? patch) => $"{rid}/{patch}";
}

/// <summary>Remembers a repository's name, and a patch's title, with the handler's transaction.</summary>
public sealed record RememberNames(IReadOnlyList<KnownName> Names) : IMartenOp
{
    /// <summary>What a message says.</summary>
    public static RememberNames Of(Rid rid, string repository, PatchId? patch = null, string? title = null)
    {
        var name = new KnownName(rid.Value, Notification.Line(repository, 100));
        return new RememberNames(patch is null ? [name] : [name, new KnownName(KnownNames.Key(rid, patch), Notification.Line(title))]);
    }

    /// <inheritdoc/>
    public void Execute(IDocumentSession session) => session.Store(Names.ToArray());
}
