using Auxo.Cli.Completion;

namespace Auxo.Cli.Hooks;

/// <summary>The texts that Auxo writes as hooks.</summary>
internal static class HookScript
{
    /// <summary>Behind the name of a hook that was there before, which is run first.</summary>
    public const string Kept = ".before-auxo";

    /// <summary>Where a repository says which program it calls, in hooks that are not only its own.</summary>
    public const string ProgramSetting = "auxo.program";

    /// <summary>Where it says, beside that, where .NET lies.</summary>
    public const string DotnetSetting = "auxo.dotnetRoot";

    private const string FindDotnet =
        $"[ -n \"${{DOTNET_ROOT-}}\" ] || ! dotnet=$(git config --get {DotnetSetting}) || export DOTNET_ROOT=\"$dotnet\"";

    private const string Mark = "# Written by 'auxo hooks install'; 'auxo hooks uninstall' takes it away.";
    private const string OldMark = "# Written by 'auxo hooks install'; 'auxo hooks remove' takes it away.";
    private const string Begin = "# >>> auxo: written by 'auxo hooks install'; 'auxo hooks uninstall' takes it away";
    private const string End = "# <<< auxo";

    /// <summary>True for a hook that Auxo wrote as a whole.</summary>
    public static bool IsOurs(string text)
        => text.Contains(Mark, StringComparison.Ordinal) || text.Contains(OldMark, StringComparison.Ordinal);

    /// <summary>True for a file of others with Auxo's lines in it.</summary>
    public static bool HasLines(string text) => text.Contains(Begin, StringComparison.Ordinal);

    /// <summary>A hook of one repository. What was there before is run first, with the same arguments and the same input.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="program">The path of <c>auxo</c>.</param>
    /// <param name="dotnet">Where .NET lies when it is in no usual place; null when it is.</param>
    public static string Whole(string name, string program, string? dotnet) => $"""
        #!/bin/sh
        {Mark}
        auxo={CompletionScripts.Quote(program)}
        {(string.IsNullOrEmpty(dotnet) ? ":" : "[ -n \"${DOTNET_ROOT-}\" ] || export DOTNET_ROOT=" + CompletionScripts.Quote(dotnet))}
        {Chain(name)}

        """;

    /// <summary>The hook in the user's own folder, which all of his repositories call: it works in those that name a program.</summary>
    /// <param name="name">The hook.</param>
    public static string OfUser(string name) => $"""
        #!/bin/sh
        {Mark}
        auxo=$(git config --get {ProgramSetting}) || auxo=
        {FindDotnet}
        {Chain(name)}

        """;

    /// <summary>
    /// Lines for a hook that the team shares: whoever has no Auxo is told so and can work all the same, for CI looks once more.
    /// </summary>
    /// <param name="name">The hook.</param>
    public static string Lines(string name)
    {
        var push = name == "pre-push";
        // What git says on the input of pre-push is for the lines below, too.
        var again = push ? "\n[ -z \"$input\" ] || exec <<AUXO_INPUT\n$input\nAUXO_INPUT" : "";
        return $"""
            {Begin}
            auxo=$(git config --get {ProgramSetting} || command -v auxo) || auxo=
            {FindDotnet}{(push ? "\ninput=$(cat)" : "")}
            if [ -x "$auxo" ]; then
                {(push ? "printf '%s\\n' \"$input\" | " : "")}"$auxo" {Words(name)} || exit $?
            else
                echo 'auxo: not on this machine, so nothing was checked here; CI will (auxo hooks install sets it up)' >&2
            fi{again}
            {End}

            """;
    }

    /// <summary>
    /// A file of others with Auxo's lines, the same again when they are there: at its end, where what the file changes is staged already.
    /// At its beginning those of pre-push, where nothing has read the input yet, and those of a file that may end before its last line.
    /// </summary>
    /// <param name="text">The file; empty for none.</param>
    /// <param name="name">The hook.</param>
    public static string With(string text, string name)
    {
        text = Without(text);
        if (text.Length == 0) return "#!/bin/sh\n" + Lines(name);
        if (!text.EndsWith('\n')) text += "\n";
        if (name != "pre-push" && !MayEndBefore(text)) return text + Lines(name);
        var first = text.StartsWith("#!", StringComparison.Ordinal) ? text.IndexOf('\n', StringComparison.Ordinal) + 1 : 0;
        return text[..first] + Lines(name) + text[first..];
    }

    /// <summary>The file as it was.</summary>
    public static string Without(string text)
    {
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = begin < 0 ? -1 : text.IndexOf(End, begin, StringComparison.Ordinal);
        return end < 0 ? text : text[..begin] + text[Math.Min(text.Length, end + End.Length + 1)..];
    }

    /// <summary>True when lines in a script would be understood: it is one of a shell.</summary>
    /// <param name="text">The script.</param>
    public static bool CanTakeLines(string text)
    {
        var first = text.TrimStart('\n').Split('\n')[0];
        return !first.StartsWith("#!", StringComparison.Ordinal)
            || first.TrimEnd().Split('/', ' ').Any(static word => word is "sh" or "bash" or "dash" or "ash" or "zsh" or "ksh");
    }

    /// <summary>
    /// True where a script can end in success before its last line, wherever that stands: <c>exit 1</c> refuses the commit, so nothing
    /// is missed then. Too often true does no harm.
    /// </summary>
    private static bool MayEndBefore(string text)
        => text.Split('\n').Select(static line => line.Trim()).Where(static line => !line.StartsWith('#')).Any(static line =>
        {
            var words = line.Split([' ', '\t', ';', '&', '|', '(', ')', '{', '}', '`'], StringSplitOptions.RemoveEmptyEntries);
            return words.Index().Any(w => w.Item is "exec" or "return"
                || (w.Item == "exit" && !(int.TryParse(words.ElementAtOrDefault(w.Index + 1), out var code) && code != 0)));
        });

    /// <summary>How the hook calls this program.</summary>
    public static string Words(string name) => name == "pre-push" ? "gate push \"$@\"" : $"hooks run {name}";

    /// <summary>What was there before, then Auxo. Without a program the repository is one that never asked for it.</summary>
    private static string Chain(string name)
    {
        var (verb, words) = (name == "pre-push" ? "push" : "commit", Words(name));
        // git tells pre-push on its input what is pushed, and both want to read it.
        var (take, give) = name == "pre-push" ? ("input=$(cat; echo .)", "printf %s \"${input%.}\" | ") : (":", "");
        return $$"""
            before=$(dirname "$0")/{{name}}{{Kept}}
            if [ -n "$auxo" ] && [ ! -x "$auxo" ]; then
                echo "auxo: it is no longer at $auxo, where this hook looks for it ($0)." >&2
                echo "  Where it is now: auxo hooks install   To do without: remove that file" >&2
                echo "  Only this once: git {{verb}} --no-verify" >&2
                exit 1
            fi
            if [ ! -x "$before" ]; then
                [ -n "$auxo" ] || exit 0
                exec "$auxo" {{words}}
            fi
            {{take}}
            {{give}}"$before" "$@" || exit $?
            [ -n "$auxo" ] || exit 0
            {{give}}"$auxo" {{words}}
            """;
    }
}
