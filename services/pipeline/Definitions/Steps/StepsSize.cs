using System.Text.Json;

using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>
/// How large all steps are together, as they are stored with every build: what a matrix, a shared environment, an alias or an
/// included file repeats counts each time. A file of some KiB must not become a plan of many MiB.
/// </summary>
internal sealed class StepsSize
{
    /// <summary>In bytes.</summary>
    public const int Most = 2 << 20;

    /// <summary>What is wrong with more, as people read it.</summary>
    public static readonly string Problem = $"the steps are larger than {Most >> 20} MiB together; what a matrix, a shared "
        + "environment, an alias or an included file repeats counts each time: move long commands into a script";

    private long _bytes;

    /// <summary>True when there is too much.</summary>
    public bool IsExceeded => _bytes > Most;

    /// <summary>Counts copies of a step before they are made; false when that is too much.</summary>
    /// <param name="step">One of them.</param>
    /// <param name="copies">How many there will be.</param>
    public bool Add(CommandStep step, int copies = 1)
        => Add(JsonSerializer.SerializeToUtf8Bytes(step, BuildJson.Default.CommandStep).LongLength * copies);

    /// <summary>Counts names that copies of a step wait for; false when that is too much.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="copies">How many steps have this list.</param>
    public bool Add(IReadOnlyList<string> names, int copies) => Add(names.Sum(static name => name.Length + 3L) * copies);

    /// <summary>Counts variables that are added to copies of steps; false when that is too much.</summary>
    /// <param name="variables">They.</param>
    /// <param name="copies">How many steps will have them.</param>
    public bool Add(IReadOnlyDictionary<string, string> variables, int copies)
        => Add(variables.Sum(static pair => pair.Key.Length + pair.Value.Length + 6L) * copies);

    private bool Add(long bytes)
    {
        _bytes += bytes;
        return !IsExceeded;
    }
}
