using Auxo.Notify.Notifications;
using Auxo.Notify.Times;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify.Routes;

/// <summary>Reads what a route asks besides type, repository and level; what cannot be read is refused with its place.</summary>
internal static class ConditionsReader
{
    private const int MaxEntries = 100;
    private const int MaxLength = 200;

    /// <summary>The conditions of a request; null when it has none.</summary>
    /// <exception cref="InvalidRouteException">One of them cannot be read.</exception>
    public static RouteConditions? Read(RouteRequest request)
    {
        var read = new RouteConditions(
            Patterns("branches", request.Branches, "a branch's name, such as main or release/*"),
            Patterns("authors", request.Authors, "a key (did:key:…) or a person's name, such as @alice"),
            Patterns("owners", request.Owners, "an owner as CODEOWNERS names it, such as @alice"),
            [.. Entries("changes", request.Changes).Select(static (text, at) => Change(text, $"changes[{at}]")).Distinct()],
            [.. Entries("hours", request.Hours).Select(static (text, at) => Hours(text, at)).Distinct(StringComparer.Ordinal)]);
        return request is { Branches: null or [], Authors: null or [], Owners: null or [], Changes: null or [], Hours: null or [] }
            ? null
            : read;
    }

    private static IReadOnlyList<string> Patterns(string name, IReadOnlyList<string>? given, string may)
        => [.. Entries(name, given).Select((text, at) =>
        {
            var wrong = text.Length > MaxLength ? MaxLength : text.AsSpan().IndexOfAnyInRange('\0', ' ');
            return text.Length > 0 && wrong < 0
                ? text
                : throw new InvalidRouteException(
                    $"{name}[{at}] '{Notification.Line(text, 60)}', character {Math.Max(wrong, 0) + 1}: here may stand {may}.");
        }).Distinct(StringComparer.Ordinal)];

    /// <summary>A transition by its word.</summary>
    /// <exception cref="InvalidRouteException">There is none of that name.</exception>
    public static Transition Change(string text, string place)
    {
        foreach (var known in Enum.GetValues<Transition>())
            if (text == Words.Of(known)) return known;
        throw new InvalidRouteException(
            $"{place} '{Notification.Line(text, 60)}': here may stand "
                + $"{string.Join(", ", Enum.GetValues<Transition>().Select(Words.Of))}.");
    }

    private static string Hours(string text, int at)
        => TimeWindow.Parse(text, TimeZoneInfo.Utc, out var problem) is not null
            ? text
            : throw new InvalidRouteException(
                $"hours[{at}] '{Notification.Line(text, 60)}', character {problem!.Position}: {problem.Problem}.");

    private static IEnumerable<string> Entries(string name, IReadOnlyList<string>? given)
        => given is { Count: > MaxEntries }
            ? throw new InvalidRouteException($"'{name}' has more than {MaxEntries} entries.")
            : (given ?? []).Select(static text => text ?? "");
}
