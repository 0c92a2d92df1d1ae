using System.Collections.Frozen;

using Auxo.Pipeline.Checks.Analysis;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// The gate table and the other settings of the built-in checks: the defaults below, overridden by <c>checks:</c> of the
/// pipeline file. Settings of a stranger's file are never used.
/// </summary>
public sealed record CheckSettings
{
    /// <summary>
    /// Defaults: <c>check</c>, <c>check.rule</c> or <c>check.level</c> → gate. The table that the documentation prints.
    /// </summary>
    public static readonly FrozenDictionary<string, Gate> DefaultGates = new Dictionary<string, Gate>(StringComparer.Ordinal)
    {
        ["syntax"] = Gate.Block,
        ["syntax.warning"] = Gate.Warn,
        ["syntax.not-judged"] = Gate.Warn,
        ["shellcheck"] = Gate.Warn,
        ["shellcheck.error"] = Gate.Block,
        ["secrets"] = Gate.Block,
        ["secrets.in-documentation"] = Gate.Warn,
        ["secrets.too-large"] = Gate.Warn,
        ["sast"] = Gate.Warn,
        ["sast.error"] = Gate.Block,
        ["sast.in-tests"] = Gate.Warn,
        ["permissions"] = Gate.Block,
        ["permissions.executable-without-shebang"] = Gate.Warn,
        ["documentation"] = Gate.Warn,
        ["structure"] = Gate.Warn,
        ["dependencies"] = Gate.Warn,
        ["dependencies.critical"] = Gate.Block,
        ["dependencies.high"] = Gate.Block,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a repository has when its pipeline file says nothing.</summary>
    public static readonly CheckSettings Default = new();

    /// <summary>Overrides, with the keys of <see cref="DefaultGates"/>.</summary>
    public IReadOnlyDictionary<string, Gate> Gates { get; init; } = FrozenDictionary<string, Gate>.Empty;

    /// <summary>Check → path patterns that it leaves out.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Ignore { get; init; } = FrozenDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>The rules that <c>sast</c> has beside Auxo's.</summary>
    public IReadOnlyList<RuleFile> Rules { get; init; } = [];

    /// <summary>What the tree must hold; <c>a|b</c> means either, a trailing <c>/</c> a folder, <c>*</c> any ending.</summary>
    public IReadOnlyList<string> Required { get; init; } =
        [".auxo/|.radicle/", "README*", "docs/", "scripts/", "tests/|test/", ".gitignore"];

    /// <summary>The gate of one finding: the most exact override, else the most exact default.</summary>
    /// <param name="check">The check's name.</param>
    /// <param name="rule">The finding's rule.</param>
    /// <param name="level">The tool's own word for how bad it is, where it has one.</param>
    public Gate For(string check, string rule, string? level)
        => Find(Gates, check, rule, level) ?? Find(DefaultGates, check, rule, level) ?? Gate.Warn;

    /// <summary>True when nothing that this check may find is ever shown, so that it need not run.</summary>
    public bool IsOff(string check)
        => Gates.TryGetValue(check, out var gate) && gate == Gate.Off
           && !Gates.Any(pair => pair.Value != Gate.Off && pair.Key.StartsWith(check + ".", StringComparison.Ordinal));

    /// <summary>True when something that this check may find makes the build fail; then its own failure to run does too.</summary>
    public bool MayBlock(string check)
        => Effective(check).Any(gate => gate == Gate.Block);

    private static Gate? Find(IReadOnlyDictionary<string, Gate> gates, string check, string rule, string? level)
        => gates.TryGetValue($"{check}.{rule}", out var gate)
            || level is not null && gates.TryGetValue($"{check}.{level}", out gate) || gates.TryGetValue(check, out gate)
            ? gate
            : null;

    private IEnumerable<Gate> Effective(string check)
    {
        var prefix = check + ".";
        foreach (var (key, gate) in Gates)
        {
            if (key == check || key.StartsWith(prefix, StringComparison.Ordinal)) yield return gate;
        }

        // An override of the whole check replaces every default of it.
        if (Gates.ContainsKey(check)) yield break;
        foreach (var (key, gate) in DefaultGates)
        {
            if ((key == check || key.StartsWith(prefix, StringComparison.Ordinal)) && !Gates.ContainsKey(key)) yield return gate;
        }
    }
}
