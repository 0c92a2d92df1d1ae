using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Cli.Mesh.Testing;

/// <summary>
/// What a node writes into its marker for the others: first only that it is there, later what it has seen.
/// </summary>
/// <param name="Written">When its first push began, by its own clock.</param>
/// <param name="Alias">Its name for people.</param>
/// <param name="Expects">The nodes whose markers it waits for.</param>
/// <param name="Seen">
/// When it saw whose marker, by its own clock; empty until it has seen all that it waits for.
/// </param>
/// <param name="Row">How many seconds after its push began each node had announced that it has it.</param>
/// <param name="IsDone">It knows the whole matrix; who needs nothing from it any more may leave.</param>
internal sealed record MarkerNote(
    DateTimeOffset Written, string Alias, IReadOnlyList<string> Expects, IReadOnlyDictionary<string, DateTimeOffset> Seen,
    IReadOnlyDictionary<string, double> Row, bool IsDone)
{
    /// <summary>An agent wrote it because somebody began a test elsewhere; nobody answers an answer.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>How the branch of a marker begins.</summary>
    public const string Prefix = "auxo-mesh-";

    private const string Title = "A marker of auxo mesh test\n\n";
    private const int MostBytes = 64 << 10;
    private const int MostNodes = 200;

    public string ToMessage() => Title + JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>
    /// Reads the part after the title; null for what is no note. Other nodes wrote it, so nothing of it is taken for
    /// granted.
    /// </summary>
    public static MarkerNote? Parse(string body)
    {
        if (body.Length > MostBytes) return null;
        try
        {
            return JsonSerializer.Deserialize<MarkerNote>(body, JsonSerializerOptions.Web) is { Expects: not null,
                Seen: not null, Row: not null } note
                && note.Expects.Count <= MostNodes && note.Seen.Count <= MostNodes && note.Row.Count <= MostNodes
                && note.Expects.Concat(note.Seen.Keys).Concat(note.Row.Keys).All(IsNid)
                    ? note with { Alias = Short(note.Alias) } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsNid(string? text) => text is not null
        && Did.TryParse("did:key:" + text, provider: null, out _);

    private static string Short(string? alias) => alias is null ? "" : alias.Length > 32 ? alias[..32] : alias;
}
