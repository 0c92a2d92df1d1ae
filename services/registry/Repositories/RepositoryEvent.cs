namespace Auxo.Registry.Repositories;

/// <summary>What can happen to a raw repository. Stored in stream <c>repository/{name}</c>.</summary>
public abstract record RepositoryEvent
{
    private RepositoryEvent()
    {
    }

    /// <summary>It is as this says from now on; the first one makes it, or makes it again after its end.</summary>
    /// <param name="QuotaBytes">What its files may have together.</param>
    /// <param name="Immutable">No file is ever replaced.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record Defined(long QuotaBytes, bool Immutable, string By, DateTimeOffset At) : RepositoryEvent;

    /// <summary>It is gone; it was empty.</summary>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record Removed(string By, DateTimeOffset At) : RepositoryEvent;
}

/// <summary>How a repository is defined; its fill stands in its row.</summary>
public sealed record RepositoryDefinition
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>False after its end.</summary>
    public bool Exists { get; init; }

    /// <summary>What its files may have together.</summary>
    public long QuotaBytes { get; init; }

    /// <summary>No file is ever replaced.</summary>
    public bool Immutable { get; init; }

    /// <summary>The stream of a repository.</summary>
    public static string StreamKey(string name) => $"repository/{name}";

    /// <summary>As it is from now on.</summary>
    public RepositoryDefinition Apply(RepositoryEvent.Defined e) => this with
    {
        Exists = true, QuotaBytes = e.QuotaBytes, Immutable = e.Immutable,
    };

    /// <summary>The end.</summary>
    public RepositoryDefinition Apply(RepositoryEvent.Removed _) => this with { Exists = false };
}
