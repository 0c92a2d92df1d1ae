using Auxo.Contracts;

namespace Auxo.ServiceDefaults.Access;

/// <summary>What people may, by role. A role is looked up whenever a session is used, so that a changed one counts at once.</summary>
public static class Roles
{
    private static readonly string[] Viewer = [.. KnownServices.Names.Select(static service => $"{service}:read")];

    private static readonly Dictionary<string, string[]> Table = new(StringComparer.Ordinal)
    {
        ["viewer"] = Viewer,
        // What a day's work needs: building, cancelling and approving, reporting deployments and failures, publishing files. Whom to
        // trust, what to follow and who is notified is decided by administrators.
        ["developer"] = [.. Viewer, "pipeline:write", "metrics:write", "registry:write"],
        ["admin"] = [AccessToken.Admin],
    };

    /// <summary>From the least to the most.</summary>
    public static IReadOnlyList<string> All { get; } = ["viewer", "developer", "admin"];

    /// <summary>The scopes of a role; none of a role that this version does not know.</summary>
    public static IReadOnlyList<string> ScopesOf(string role) => Table.GetValueOrDefault(role) ?? [];
}
