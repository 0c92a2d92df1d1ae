namespace Auxo.Contracts;

/// <summary>The services of this product.</summary>
public static class KnownServices
{
    /// <summary>Where the web console listens when no other port is set. It is a client: it hears no messages and keeps no data.</summary>
    public const int ConsolePort = 8880;

    private static readonly (string Name, int Port)[] All =
        [("ingest", 8888), ("pipeline", 8890), ("notify", 9000), ("metrics", 9100), ("registry", 8081)];

    /// <summary>Their names, in the order in which a push meets them.</summary>
    public static IReadOnlyList<string> Names { get; } = Array.ConvertAll(All, static s => s.Name);

    /// <summary>Where a service listens when no other port is set; null for a name that is no service's.</summary>
    public static int? UsualPort(string service) => Array.Find(All, s => s.Name == service) is { Name: not null } found ? found.Port : null;
}
