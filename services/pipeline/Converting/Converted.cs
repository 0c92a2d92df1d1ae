namespace Auxo.Pipeline.Converting;

/// <summary>What a file of another CI comes to, before it is written as ours.</summary>
internal sealed class Converted
{
    /// <summary>Variables of all steps.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>The times of builds without a push, as cron has them.</summary>
    public List<string> Schedules { get; } = [];

    /// <summary>In the order of the file.</summary>
    public List<ConvertedStep> Steps { get; } = [];

    /// <summary>What was left out or needs a look, with its line.</summary>
    public List<(long Line, string Text)> Notes { get; } = [];
}

/// <summary>A step of ours; what is null or empty is not written.</summary>
internal sealed class ConvertedStep(string name)
{
    /// <summary>As the other file calls it; made to fit when it is written.</summary>
    public string Name { get; } = name;

    /// <summary>Its commands.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Its variables.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of those that it waits for, as the other file has them; null for the one before it.</summary>
    public List<string>? Needs { get; set; }

    /// <summary>The values of each key.</summary>
    public Dictionary<string, List<string>> Matrix { get; } = new(StringComparer.Ordinal);

    /// <summary>For which builds: keys of <c>if</c>; one must hold.</summary>
    public List<Dictionary<string, List<string>>> If { get; set; } = [];

    /// <summary>How its needs must have ended: <c>failed</c> or <c>any</c>; null for passed.</summary>
    public string? When { get; set; }

    /// <summary>A container image.</summary>
    public string? Image { get; set; }

    /// <summary>The folder it works in.</summary>
    public string? Folder { get; set; }

    /// <summary>Minutes until it is stopped.</summary>
    public int? Minutes { get; set; }

    /// <summary>Its failure only warns.</summary>
    public bool IgnoresFailure { get; set; }

    /// <summary>Names of secrets.</summary>
    public SortedSet<string> Secrets { get; } = new(StringComparer.Ordinal);

    /// <summary>Files to keep.</summary>
    public List<string> Artifacts { get; } = [];

    /// <summary>Where it comes from, its steps have a network.</summary>
    public bool Network { get; set; } = true;
}
