using Auxo.Pipeline.Definitions;

namespace Auxo.Pipeline.Local;

/// <summary>What was asked by <c>Auxo.Pipeline ci …</c>, in the words of the command line's <c>auxo ci …</c>.</summary>
/// <param name="Verb"><c>lint</c>, <c>plan</c>, <c>run</c> or <c>schema</c>.</param>
/// <param name="Folder">A folder of a work tree; of <c>lint</c> also a file.</param>
/// <param name="Event">What shall be taken for the cause of the build.</param>
/// <param name="Base">What the working tree is compared with; null for the usual.</param>
/// <param name="Steps">Only these and what they need; empty for all.</param>
internal sealed record LocalRequest(string Verb, string Folder, BuildTrigger Event, string? Base, IReadOnlyList<string> Steps)
{
    /// <summary>A commit instead of the working tree, as git names it; null for the working tree.</summary>
    public string? Commit { get; init; }

    /// <summary>The branch or tag of that commit; null for none.</summary>
    public string? Ref { get; init; }

    /// <summary>The day in UTC.</summary>
    public static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    /// <summary>Reads the words behind <c>ci</c>.</summary>
    /// <exception cref="LocalException">They are no such request.</exception>
    public static LocalRequest Parse(ReadOnlySpan<string> words)
    {
        var request = new LocalRequest("", Environment.CurrentDirectory, BuildTrigger.Patch, Base: null, []);
        while (words is [var word, .. var rest])
        {
            words = rest;
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                if (words is not [var value, .. var left]) throw new LocalException($"'{word}' needs a value.");
                words = left;
                request = word switch
                {
                    "--event" when StepCondition.EventNames.TryGetValue(value, out var trigger) => request with { Event = trigger },
                    "--event" => throw new LocalException(
                        $"There is no event '{value}'. There are: {string.Join(", ", StepCondition.EventNames.Keys)}."),
                    "--base" => request with { Base = value },
                    "--commit" => request with { Commit = value },
                    "--ref" => request with { Ref = value },
                    "--step" => request with { Steps = [.. request.Steps, value] },
                    _ => throw new LocalException($"There is no option '{word}'."),
                };
            }
            else if (request.Verb.Length == 0) request = request with { Verb = word };
            else request = request with { Folder = Path.GetFullPath(word) };
        }

        return request;
    }
}
