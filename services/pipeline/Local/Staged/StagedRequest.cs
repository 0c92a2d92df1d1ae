namespace Auxo.Pipeline.Local.Staged;

/// <summary>What was asked by <c>Auxo.Pipeline ci staged FOLDER [--json] [--colour]</c>.</summary>
/// <param name="Folder">A folder of the work tree.</param>
/// <param name="Json">Answer in JSON.</param>
/// <param name="Colour">The reader has a terminal.</param>
internal sealed record StagedRequest(string Folder, bool Json, bool Colour)
{
    /// <summary>The word by which it is asked.</summary>
    public const string Word = "staged";

    /// <summary>Reads the words behind <see cref="Word"/>.</summary>
    /// <exception cref="LocalException">They are no such request.</exception>
    public static StagedRequest Parse(string[] words)
        => words is [var folder, .. var rest] && rest.All(static word => word is "--json" or "--colour")
            ? new StagedRequest(Path.GetFullPath(folder), rest.Contains("--json"), rest.Contains("--colour"))
            : throw new LocalException("Say where: staged FOLDER [--json] [--colour].");
}
