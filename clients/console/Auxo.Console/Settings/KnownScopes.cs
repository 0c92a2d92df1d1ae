using Auxo.Contracts;

namespace Auxo.Console.Settings;

/// <summary>What a token can be given; a scope of one raw repository (<c>registry:write:NAME</c>) is the command line's.</summary>
internal static class KnownScopes
{
    /// <summary>Everything, then what is of each service.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Groups { get; } =
        [["admin"], .. KnownServices.Names.Select(static service => Verbs(service).Select(verb => $"{service}:{verb}").ToList())];

    private static IReadOnlyList<string> Verbs(string service) => service switch
    {
        "notify" => ["read", "write", "send"], "registry" => ["read", "write", "manage"], _ => ["read", "write"],
    };
}
