using System.Globalization;

using Auxo.Registry.Oci.Access;
using Auxo.Registry.Oci.Mirrors;

using Npgsql;

namespace Auxo.Registry.Oci.Manifests;

/// <summary>The tags of an image, or one page of them.</summary>
/// <param name="Name">The image's whole name.</param>
/// <param name="Tags">In ASCII order.</param>
internal sealed record TagsAnswer(string Name, IReadOnlyList<string> Tags);

/// <summary><c>GET /v2/NAME/tags/list?n=&amp;last=</c>: the tags in ASCII order, with a link to the next page.</summary>
public sealed class ListTags(NpgsqlDataSource source, OciRepositories repositories, ImageMirror mirror)
{
    private const int Most = 10_000;

    /// <summary>Answers.</summary>
    public async Task<IResult> RunAsync(HttpContext http, OciPath path, CancellationToken ct)
    {
        if (!Paging.TryRead(http.Request, Most, out var page)) return Paging.Invalid();
        var found = await source.ReadAsync(static r => (r.GetInt64(0), r.IsDBNull(1) ? null : r.GetString(1)), ct,
            """
            select i.id, t.name from registry.oci_images i
            left join lateral (select name from registry.oci_tags where image = i.id and name > $3 order by name limit $4) t on true
            where i.repository = $1 and i.name = $2
            """,
            path.Repository, path.Image, page.Last, page.Count + 1);
        List<string> tags = [.. found.Select(static row => row.Item2).OfType<string>()];
        if (tags.Count == 0)
        {
            if (await repositories.FindAsync(path.Repository, ct) is not { } repository) return OciErrors.NoRepository(path.Repository);
            if (await mirror.TagsAsync(repository, path, ct) is { } mirrored)
                tags = [.. mirrored.Where(tag => string.CompareOrdinal(tag, page.Last) > 0).Take(page.Count + 1)];
            else if (found.Count == 0) return OciErrors.NoImage(path.Name);
        }

        if (tags.Count > page.Count)
        {
            tags.RemoveRange(page.Count, tags.Count - page.Count);
            if (tags.Count > 0) Paging.Link(http, $"/v2/{path.Name}/tags/list", page.Count, tags[^1]);
        }

        return TypedResults.Ok(new TagsAnswer(path.Name, tags));
    }
}

/// <summary>One page of a list.</summary>
/// <param name="Count">So many at most.</param>
/// <param name="Last">What comes after this.</param>
internal readonly record struct Page(int Count, string Last);

/// <summary>Pages as OCI has them: <c>?n=&amp;last=</c>, and a <c>Link</c> to the next one.</summary>
internal static class Paging
{
    public static bool TryRead(HttpRequest request, int most, out Page page)
    {
        var (text, last) = (request.Query["n"].FirstOrDefault(), request.Query["last"].FirstOrDefault() ?? "");
        page = new Page(most, last);
        if (last.Contains('\0')) return false;
        if (text is null) return true;
        if (text.Length is 0 or > 19 || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n)) return false;
        page = page with { Count = (int)Math.Min(n, most) };
        return true;
    }

    public static OciError Invalid() => new(400, "UNSUPPORTED",
        "'n' is a number of at least 0, and 'last' the last name of the page before.");

    public static void Link(HttpContext http, string path, int count, string last)
        => http.Response.Headers.Link = string.Create(
            CultureInfo.InvariantCulture, $"<{path}?n={count}&last={Uri.EscapeDataString(last)}>; rel=\"next\"");
}
