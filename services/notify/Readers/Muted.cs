using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Readers;

/// <summary>
/// What somebody never wants to hear of: a pattern of types, <c>repo:PATTERN</c>, or <c>patch:ID</c> or the beginning of it.
/// </summary>
public static class Muted
{
    private const string Repository = "repo:";
    private const string Patch = "patch:";

    /// <summary>What may be muted, for messages.</summary>
    public const string May = "a type such as build.*, repo:NAME or patch:ID";

    /// <summary>Whether an entry is one.</summary>
    public static bool IsOne(string entry)
        => entry.Length is > 0 and <= 200 && !entry.Any(static c => char.IsControl(c) || c == ' ')
            && (entry.StartsWith(Repository, StringComparison.Ordinal) ? entry.Length > Repository.Length
                : entry.StartsWith(Patch, StringComparison.Ordinal) ? entry.Length >= Patch.Length + 7
                : NotificationTypes.All.Any(t => Pattern.Matches(entry, t)) || Pattern.Matches(entry, NotificationTypes.ReceivedPrefix)
                    || entry.StartsWith(NotificationTypes.ReceivedPrefix, StringComparison.Ordinal));

    /// <summary>Whether it is about this.</summary>
    public static bool Is(string entry, Notification n)
        => entry.StartsWith(Repository, StringComparison.Ordinal)
            ? n.Repository is { } r
                && (Pattern.Matches(entry[Repository.Length..], r.Name) || Pattern.Matches(entry[Repository.Length..], r.Rid))
            : entry.StartsWith(Patch, StringComparison.Ordinal)
                ? n.Patch?.Id.StartsWith(entry[Patch.Length..], StringComparison.Ordinal) is true
                : Pattern.Matches(entry, n.Type);
}
