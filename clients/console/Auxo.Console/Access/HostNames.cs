namespace Auxo.Console.Access;

/// <summary>
/// Under which names this console may be asked for. Anybody can point a name of his own to an address of this machine; a page under that
/// name could then read what this console answers (DNS rebinding).
/// </summary>
internal static class HostNames
{
    /// <summary>The names of this machine, the address it listens on, and what the operator gave.</summary>
    public static IList<string> Of(IConfiguration configuration)
    {
        var names = new List<string> { "localhost", "127.0.0.1", "[::1]" };
        foreach (var url in (configuration["ASPNETCORE_URLS"] ?? configuration["urls"] ?? "").Split(';'))
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out var listened)) names.Add(listened.Host);
        }

        if (PublicAddress.From(configuration).Url is { } known) names.Add(new Uri(known).Host);
        names.AddRange((configuration["Auxo:Console:Hosts"] ?? "").Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
