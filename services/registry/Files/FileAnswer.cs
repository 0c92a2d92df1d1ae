namespace Auxo.Registry.Files;

/// <summary>A file as clients see it.</summary>
/// <param name="Repository">Where.</param>
/// <param name="Path">Its name, slashes included.</param>
/// <param name="Digest"><c>sha256:…</c>; in quotes it is the entity tag.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="MediaType">As it was sent.</param>
/// <param name="StoredAt">When it got this content.</param>
/// <param name="StoredBy">The name of the token with which it was sent.</param>
/// <param name="Url">Relative to this service.</param>
public sealed record FileAnswer(
    string Repository, string Path, string Digest, long SizeBytes, string MediaType, DateTimeOffset StoredAt, string StoredBy, string Url)
{
    internal static FileAnswer Of(string repository, StoredFile f)
        => new(repository, f.Path, f.Digest.ToString(), f.SizeBytes, f.MediaType, f.StoredAt, f.StoredBy,
            $"/raw/{repository}/{FileName.Encode(f.Path)}");
}

/// <summary>A page of a list.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">For <c>after</c> of the next page; null on the last one.</param>
public sealed record ListAnswer<T>(IReadOnlyList<T> Items, string? Next);
