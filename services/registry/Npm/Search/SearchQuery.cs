namespace Auxo.Registry.Npm.Search;

/// <summary>What somebody looks for, as npm's clients write it.</summary>
/// <param name="Words">Each must occur, in small letters.</param>
/// <param name="Scope">What names begin with, such as <c>@acme/</c>.</param>
/// <param name="Keywords">Each must be a keyword.</param>
/// <param name="By">Who must have published it.</param>
internal sealed record SearchQuery(string[] Words, string? Scope, string[] Keywords, string? By)
{
    private const int Most = 20;

    /// <summary>Reads it; a qualifier that is not known here narrows nothing.</summary>
    public static SearchQuery Parse(string text)
    {
        var (words, keywords) = (new List<string>(), new List<string>());
        var (scope, by) = ((string?)null, (string?)null);
        foreach (var part in text.Replace("\0", "", StringComparison.Ordinal)
            .Split([' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Take(Most))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var value = part[(colon + 1)..];
            switch (colon < 0 ? "" : part[..colon])
            {
                case "scope":
                    scope = $"@{value.TrimStart('@').ToLowerInvariant()}/";
                    break;
                case "keywords":
                    keywords.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries).Take(Most));
                    break;
                case "author" or "maintainer":
                    by = value.ToLowerInvariant();
                    break;
                case "is" or "not" or "boost-exact":
                    break;
                default:
                    words.Add(part.ToLowerInvariant());
                    break;
            }
        }

        return new SearchQuery([.. words], scope, [.. keywords], by);
    }
}
