using System.Globalization;

namespace Auxo.Console.Parts;

/// <summary>
/// <c>GET /ask?at=&amp;days=&amp;asOf=&amp;slide=&amp;slid=</c>: the form above numbers leads to the address of what it asks for. A
/// day comes from the field or from the slider: from whichever was changed.
/// </summary>
internal static class AnswerAsk
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/ask", Handle).WithName("AnswerAsk")
        .RequireAuthorization(Configuration.SignedIn);

    private static IResult Handle(string at, string? days, string? asOf, int? slide, int? slid, TimeProvider time)
    {
        if (!IsPageOfNumbers(at)) return TypedResults.Problem("These numbers are nowhere here.", statusCode: 400);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).DayNumber;
        var day = slide is { } moved && moved != slid && moved is >= 0 && moved <= today
            ? moved == today ? "" : DateOnly.FromDayNumber(moved).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : asOf;
        var end = string.IsNullOrEmpty(day) ? "" : $"&asOf={Uri.EscapeDataString(day)}";
        return TypedResults.LocalRedirect($"{at}?days={Uri.EscapeDataString(days ?? "")}{end}");
    }

    private static bool IsPageOfNumbers(string at)
        => at is "/dora" or "/ci" or "/promises"
            || at.StartsWith("/dora/", StringComparison.Ordinal)
            || at.StartsWith("/ci/", StringComparison.Ordinal);
}
