using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Repositories;

/// <summary>Records which repositories there are.</summary>
public static class RecordRepositoryHandler
{
    /// <summary>A repository is followed.</summary>
    public static Events Handle(
        RepositoryTracked message,
        [WriteAggregate(FromMethod = nameof(KeyOfRepositoryTracked), Required = false)] Repository? repository)
    {
        var tracked = new RepositoryEvent.Tracked(message.Rid, PlainText.Of(message.Name), PlainText.Of(message.DefaultBranch), message.At);
        return repository is { DefaultBranch: not null } known && tracked.At <= known.NamedAt ? [] : [tracked];
    }

    /// <summary>A repository is no longer followed.</summary>
    public static Events Handle(
        RepositoryUntracked message,
        [WriteAggregate(FromMethod = nameof(KeyOfRepositoryUntracked), Required = false)] Repository? repository)
        => repository?.UntrackedAt >= message.At ? [] : [new RepositoryEvent.Untracked(message.Rid, message.At)];

    /// <summary>The repository's stream.</summary>
    public static string KeyOfRepositoryTracked(RepositoryTracked message) => Repository.StreamKey(message.Rid);

    /// <inheritdoc cref="KeyOfRepositoryTracked"/>
    public static string KeyOfRepositoryUntracked(RepositoryUntracked message) => Repository.StreamKey(message.Rid);
}
