namespace Auxo.Registry.Oci.Access;

/// <summary>What a client wants to do with one thing: <c>repository:app/web:pull,push</c>.</summary>
/// <param name="Type"><c>repository</c> or <c>registry</c>.</param>
/// <param name="Name">An image's whole name, or <c>catalog</c>.</param>
/// <param name="Actions">Such as pull and push.</param>
internal sealed record RequestedScope(string Type, string Name, IReadOnlyList<string> Actions)
{
    private const int Most = 100;

    /// <summary>Reads the scopes of a request; those that cannot be read are left out, which is how nothing is granted.</summary>
    public static IEnumerable<RequestedScope> Read(IEnumerable<string?> values)
        => values.SelectMany(static v => (v ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Take(Most)
            .Select(Parse).OfType<RequestedScope>();

    /// <summary>As it is written, with these actions.</summary>
    public string With(IEnumerable<string> actions) => $"{Type}:{Name}:{string.Join(',', actions)}";

    /// <summary>From both ends: a name may have a colon in it, of a port.</summary>
    private static RequestedScope? Parse(string text)
    {
        var (first, last) = (text.IndexOf(':', StringComparison.Ordinal), text.LastIndexOf(':'));
        return first <= 0 || first == last ? null
            : new RequestedScope(text[..first], text[(first + 1)..last],
                text[(last + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries));
    }
}
