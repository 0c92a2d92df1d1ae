namespace Auxo.Registry.Repositories;

/// <summary>Where a repository gets what was not published in it.</summary>
/// <param name="Upstream">The address of the other registry.</param>
/// <param name="CooldownDays">Versions younger than so many days are not offered; 0: all are.</param>
/// <param name="CooldownOff">Patterns of packages for which that does not count.</param>
/// <param name="RefreshDays">What was fetched is asked for again so often, even when nobody asks for it.</param>
public sealed record MirrorSettings(string Upstream, int CooldownDays, IReadOnlyList<string> CooldownOff, int RefreshDays)
{
    /// <inheritdoc/>
    public bool Equals(MirrorSettings? other)
        => other is not null && (Upstream, CooldownDays, RefreshDays) == (other.Upstream, other.CooldownDays, other.RefreshDays)
            && CooldownOff.SequenceEqual(other.CooldownOff, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Upstream, CooldownDays, RefreshDays, CooldownOff.Count);
}

/// <summary>What can happen to a repository. Stored in stream <c>repository/{name}</c>.</summary>
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
    /// <param name="Format">raw, npm, pypi, nuget, oci, debian or brew; null in old events: raw.</param>
    /// <param name="AnonymousRead">Reading needs no token; null in old events: it does.</param>
    /// <param name="Mirror">Where what is not ours comes from; null: nowhere.</param>
    /// <param name="CleanupTags">Patterns of tags that cleaning up may remove; null in old events: none.</param>
    public sealed record Defined(
        long QuotaBytes, bool Immutable, string By, DateTimeOffset At,
        string? Format = null, bool? AnonymousRead = null, MirrorSettings? Mirror = null,
        IReadOnlyList<string>? CleanupTags = null) : RepositoryEvent;

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

    /// <summary>raw, npm, pypi, nuget, oci, debian or brew.</summary>
    public string Format { get; init; } = RepositoryFormats.Raw;

    /// <summary>Reading needs no token.</summary>
    public bool AnonymousRead { get; init; }

    /// <summary>Where what is not ours comes from.</summary>
    public MirrorSettings? Mirror { get; init; }

    /// <summary>Patterns of tags that cleaning up may remove.</summary>
    public IReadOnlyList<string> CleanupTags { get; init; } = [];

    /// <summary>The stream of a repository.</summary>
    public static string StreamKey(string name) => $"repository/{name}";

    /// <summary>As it is from now on.</summary>
    public RepositoryDefinition Apply(RepositoryEvent.Defined e) => this with
    {
        Exists = true, QuotaBytes = e.QuotaBytes, Immutable = e.Immutable, Format = e.Format ?? RepositoryFormats.Raw,
        AnonymousRead = e.AnonymousRead ?? false, Mirror = e.Mirror, CleanupTags = e.CleanupTags ?? [],
    };

    /// <summary>The end.</summary>
    public RepositoryDefinition Apply(RepositoryEvent.Removed _) => this with { Exists = false };
}

/// <summary>What a repository can hold; each has its own clients.</summary>
public static class RepositoryFormats
{
    /// <summary>Files by name.</summary>
    public const string Raw = "raw";

    /// <summary>Packages of npm and its like.</summary>
    public const string Npm = "npm";

    /// <summary>Packages of pip and its like.</summary>
    public const string PyPi = "pypi";

    /// <summary>Packages of .NET.</summary>
    public const string NuGet = "nuget";

    /// <summary>Images and other artifacts of the Open Container Initiative.</summary>
    public const string Oci = "oci";

    /// <summary>Packages of Debian and what is made of it; only as a mirror.</summary>
    public const string Debian = "debian";

    /// <summary>Bottles of Homebrew and what its program asks about them; only as a mirror.</summary>
    public const string Brew = "brew";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Raw, Npm, PyPi, NuGet, Oci, Debian, Brew];
}
