using System.Text.Json;

using Auxo.Registry.NuGet.Mirroring;
using Auxo.Registry.PyPi.Simple;
using Auxo.Registry.Repositories;

namespace Auxo.Registry.Mirrors.Trying;

/// <summary>One question to an upstream, and whether an answer is that of such a registry.</summary>
/// <param name="Address">What is asked for.</param>
/// <param name="Accept">In which form; empty for any.</param>
/// <param name="Fits">Whether the answer is one.</param>
/// <param name="IsHead">The body is not wanted: it is long.</param>
internal sealed record UpstreamQuestion(Uri Address, string Accept, Func<UpstreamAnswer, bool> Fits, bool IsHead = false);

/// <summary>
/// By which questions a registry of a format is known. The first answer that fits decides; the small ones come first, and none needs a
/// package that a registry may not have.
/// </summary>
internal static class UpstreamKind
{
    private const string Json = "application/json";

    /// <summary>The questions, in order.</summary>
    /// <param name="format">One of <see cref="RepositoryFormats"/> but raw.</param>
    /// <param name="upstream">The address of the mirror.</param>
    public static IReadOnlyList<UpstreamQuestion> QuestionsOf(string format, Uri upstream) => format switch
    {
        RepositoryFormats.Npm =>
        [
            new(Below(upstream, "-/ping"), Json, static a => a.IsGood && a.IsJson),
            // Not every registry has a ping; each says of a package that is not there that it is not, as JSON.
            new(Below(upstream, "auxo-asks-for-no-package"), Json, static a => a.Status is 200 or 404 && a.IsJson && a.Begin.Length > 0),
        ],
        RepositoryFormats.PyPi =>
        [
            new(Below(upstream, ""), SimpleFormat.Json.MediaType,
                static a => a.IsGood && a.MediaType == SimpleFormat.Json.MediaType),
        ],
        RepositoryFormats.NuGet => [new(upstream, Json, a => a.IsGood && IsServiceIndex(a, upstream))],
        RepositoryFormats.Oci => [new(new Uri(upstream, "/v2/"), Json, IsImages)],
        RepositoryFormats.Debian =>
        [
            new(Below(upstream, "dists/"), "", static a => a.IsGood),
            new(Below(upstream, "dists/stable/InRelease"), "", static a => a.IsGood && !a.IsPage),
            // Flat ones have no dists.
            new(Below(upstream, "InRelease"), "", static a => a.IsGood && !a.IsPage),
            new(Below(upstream, "Release"), "", static a => a.IsGood && !a.IsPage),
        ],
        RepositoryFormats.Brew =>
        [
            new(Below(upstream, "formula.jws.json"), "", static a => a.IsGood && !a.IsPage, IsHead: true),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There are no mirrors of this format."),
    };

    /// <summary>An address below another, whether or not that one ends with a slash.</summary>
    internal static Uri Below(Uri address, string path) => new($"{address.AbsoluteUri.TrimEnd('/')}/{path}");

    private static bool IsServiceIndex(UpstreamAnswer answer, Uri address)
    {
        try
        {
            return UpstreamFeed.Read(answer.Begin, address).Flat.IsAbsoluteUri;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The specification wants 200 or a challenge there; a Basic one would be asked in vain.</summary>
    private static bool IsImages(UpstreamAnswer answer)
        => answer.IsGood && (answer.IsJson || Marked(answer, "registry/2.0")) || answer.Status == 401 && Marked(answer, "bearer");

    private static bool Marked(UpstreamAnswer answer, string mark)
        => answer.Marks?.Contains(mark, StringComparer.OrdinalIgnoreCase) is true;
}
