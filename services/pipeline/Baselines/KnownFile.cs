using Auxo.Pipeline.Checks;

namespace Auxo.Pipeline.Baselines;

/// <summary>What makes a finding the same one in another commit: not the number of its line, which moves, but what stands there.</summary>
/// <param name="Check">The check.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Path">The file; empty for the whole tree.</param>
/// <param name="Content">
/// A digest of the line without the blanks around it. For a secret or a link of the secret or the target, behind a <c>=</c>.
/// </param>
public sealed record Fingerprint(string Check, string Rule, string Path, string Content)
{
    /// <summary>True when it stays the same one wherever it lies: what the content names is the finding itself.</summary>
    public bool IsPortable => Content.StartsWith('=');

    /// <summary>The file of which its check saw nothing more than this; null when it saw all of it.</summary>
    public (string Check, string Path)? HidesRestOf => CheckReport.HidesRest(Rule) ? (Check, Path) : null;
}

/// <summary>One finding of a commit, to be compared with what is known.</summary>
/// <param name="Mark">What it is known by.</param>
/// <param name="Blob">The id of its file's content, by which a renamed file is known; empty when there is no such file.</param>
public sealed record Sighting(Fingerprint Mark, string Blob);

/// <summary>What is known of one file.</summary>
/// <param name="Path">The file; empty for the whole tree.</param>
/// <param name="Blob">Its content when it was last looked at.</param>
/// <param name="Findings">Its findings; none when the file is not known any more.</param>
public sealed record KnownFile(string Path, string Blob, IReadOnlyList<KnownFinding> Findings);

/// <summary>Findings of one file that nothing tells apart but their number.</summary>
/// <param name="Check">The check.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Content">See <see cref="Fingerprint"/>.</param>
/// <param name="Count">How many of them, from 1.</param>
/// <param name="Awaited">True when somebody accepted it and the default branch does not have it yet.</param>
public sealed record KnownFinding(string Check, string Rule, string Content, int Count, bool Awaited = false);
