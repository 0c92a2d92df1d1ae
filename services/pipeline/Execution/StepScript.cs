using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Execution;

/// <summary>
/// The one shell script that a step is: limits, environment, then every command, printed before it runs, in the same shell,
/// until one fails; whoever reads descriptor 4 hears its number. It is handed over through a file descriptor or a private file, so
/// neither commands nor variables appear in anybody's process list.
/// </summary>
internal static partial class StepScript
{
    /// <summary>bash gives these their value; setting them is an error there.</summary>
    private static readonly HashSet<string> Fixed = new(StringComparer.Ordinal)
    {
        "BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID",
    };

    /// <summary>True for a variable that a shell sets itself.</summary>
    public static bool BelongsToTheShell(string name) => Fixed.Contains(name);

    /// <summary>What is wrong with a step's variables, or null.</summary>
    public static string? Refuse(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (name, value) in environment)
        {
            if (!VariableName()
                .IsMatch(name)) return $"'{name}' is no name of a variable: letters, digits and '_', not beginning with a digit";
            if (Fixed.Contains(name)) return $"the variable {name} belongs to the shell and cannot be set";
            if (value.Contains('\0')) return $"the value of {name} contains a NUL";
        }

        return null;
    }

    /// <summary>Writes the script.</summary>
    /// <param name="commands">Run in order.</param>
    /// <param name="environment">Checked by <see cref="Refuse"/>.</param>
    /// <param name="folder">The absolute working directory.</param>
    /// <param name="limits">Lines that set limits first, such as <c>ulimit -c 0</c>.</param>
    /// <param name="setUp">Lines before the first command: <see cref="StepSetUp"/>.</param>
    public static string Write(
        IReadOnlyList<string> commands, IReadOnlyDictionary<string, string> environment, string folder,
        IEnumerable<string> limits, string setUp = "")
    {
        var script = new StringBuilder();
        foreach (var limit in limits) script.Append(limit).Append('\n');
        foreach (var (name, value) in environment) script.Append("export ").Append(name).Append('=').Append(Quote(value)).Append('\n');
        script.Append("cd -- ").Append(Quote(folder)).Append(" || { echo 'no folder' >&4; exit 1; }\n");
        // A container's sh may know no pipefail; everything else here is POSIX.
        script.Append("set -eu\nif (set -o pipefail) 2>/dev/null; then set -o pipefail; fi\n").Append(setUp);
        for (var i = 0; i < commands.Count; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"echo 'command {i + 1}' >&4\n");
            script.Append("printf '%s\\n' ")
                .Append(Quote("$ " + commands[i].TrimEnd().Replace("\n", "\n> ", StringComparison.Ordinal))).Append('\n');
            // The command cannot write to the progress channel, and a `set +e` in it does not hide that it failed.
            script.Append("eval ").Append(Quote(commands[i])).Append(" 4>&-\n");
            script.Append("__auxo=$?; if [ \"$__auxo\" != 0 ]; then exit \"$__auxo\"; fi\n");
        }

        return script.ToString();
    }

    /// <summary>The text as one word of a POSIX shell.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex VariableName();
}
