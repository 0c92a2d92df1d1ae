using Auxo.Registry.Blobs;

namespace Auxo.Registry.Files;

/// <summary>What can happen to one file of a raw repository. Stored in stream <c>file/{repository}/{path}</c>.</summary>
public abstract record FileEvent
{
    private FileEvent()
    {
    }

    /// <summary>It has this content from now on.</summary>
    /// <param name="Digest"><c>sha256:</c> and 64 hex digits.</param>
    /// <param name="SizeBytes">Its length.</param>
    /// <param name="MediaType">As it was sent.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record Stored(string Digest, long SizeBytes, string MediaType, string By, DateTimeOffset At) : FileEvent;

    /// <summary>It is gone; its content goes too when nothing else has it.</summary>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record Deleted(string By, DateTimeOffset At) : FileEvent;
}

/// <summary>A file as it stands.</summary>
public sealed record RawFile
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary><c>sha256:</c> and 64 hex digits; null when it was deleted.</summary>
    public string? Digest { get; init; }

    /// <summary>Its length; 0 when it was deleted.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The stream of a file.</summary>
    public static string StreamKey(string repository, string path) => $"file/{repository}/{path}";

    /// <summary>The content, or null when it was deleted.</summary>
    public Digest? Content() => Blobs.Digest.TryParse(Digest, out var digest) ? digest : null;

    /// <summary>A content.</summary>
    public RawFile Apply(FileEvent.Stored e) => this with { Digest = e.Digest, SizeBytes = e.SizeBytes };

    /// <summary>The end of it.</summary>
    public RawFile Apply(FileEvent.Deleted _) => this with { Digest = null, SizeBytes = 0 };
}
