using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Queueing;

namespace Auxo.Pipeline.Joining;

/// <summary>What a verdict says of the patches that its patch needs.</summary>
internal static class JoinWords
{
    /// <summary>In a line each; nothing for a patch that needs nothing.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="joined">What is built instead of the patch's own commit; null where it has the commits itself.</param>
    public static IEnumerable<string> Of(BuildRequest request, JoinedCommit? joined)
    {
        if (joined is not null)
        {
            yield return joined.Words;
            var strangers = joined.Patches.Where(static p => p.Trust == Trust.Stranger).ToList();
            if (strangers.Count > 0)
                yield return $"{string.Join(", ", strangers.Select(static p => $"patch {p.PatchId.Short}"))}: the author is not a delegate "
                    + "and not trusted, so all of this build is treated as his";
        }

        // In one: a verdict shows few notes.
        if (request.LinkProblems.Count > 0) yield return PlainText.OneLine($"Depends-On: {string.Join("; ", request.LinkProblems)}");
    }
}
