using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Auxo.Registry.PyPi.Simple;

/// <summary>In which of its forms the simple API answers.</summary>
/// <param name="MediaType">What stands in <c>Content-Type</c>.</param>
/// <param name="IsJson">JSON or HTML.</param>
public sealed record SimpleFormat(string MediaType, bool IsJson)
{
    /// <summary>JSON.</summary>
    public static readonly SimpleFormat Json = new("application/vnd.pypi.simple.v1+json", true);

    /// <summary>HTML by its name in the API.</summary>
    public static readonly SimpleFormat Html = new("application/vnd.pypi.simple.v1+html", false);

    /// <summary>HTML as browsers and the oldest programs ask for it.</summary>
    public static readonly SimpleFormat Text = new("text/html", false);

    private static readonly (string Name, SimpleFormat Format)[] Names =
    [
        (Json.MediaType, Json), ("application/vnd.pypi.simple.latest+json", Json), (Html.MediaType, Html),
        ("application/vnd.pypi.simple.latest+html", Html), (Text.MediaType, Text),
    ];

    /// <summary>
    /// What the client likes best (<c>Accept</c> with its q-values); null when it takes nothing of this. Who says nothing, or that
    /// everything is welcome, is a browser or curl, and gets HTML.
    /// </summary>
    /// <param name="accept">The headers.</param>
    /// <param name="format">The value of <c>?format=</c>, which counts instead; null when it is not there.</param>
    public static SimpleFormat? Choose(StringValues accept, string? format)
    {
        // A plus sign that nobody encoded arrives as a space.
        if (format?.Replace(' ', '+') is { } named) return Names.FirstOrDefault(n => n.Name == named).Format;
        if (StringValues.IsNullOrEmpty(accept)) return Text;
        if (!MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out var wanted)) return null;
        return Names
            .Select((n, place) => (n.Format, Like: Like(wanted, n.Name), Place: place))
            .Where(static n => n.Like.Quality > 0)
            .OrderByDescending(static n => n.Like.Quality).ThenByDescending(static n => n.Like.Named)
            .ThenBy(static n => n.Like.Named == 2 || n.Format != Text ? n.Place : -1)
            .FirstOrDefault().Format;
    }

    /// <summary>How much a type is wanted, and how exactly it was named: 2 itself, 1 its kind, 0 anything.</summary>
    private static (double Quality, int Named) Like(IList<MediaTypeHeaderValue> wanted, string type)
    {
        var best = (Quality: 0.0, Named: -1);
        foreach (var one in wanted)
        {
            var named = one.MatchesAllTypes ? 0 : one.MatchesAllSubTypes ? 1 : 2;
            var fits = named == 0 || (named == 1
                ? type.StartsWith(one.Type + "/", StringComparison.OrdinalIgnoreCase)
                : one.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase));
            if (fits && named > best.Named) best = (one.Quality ?? 1, named);
        }

        return best;
    }
}
