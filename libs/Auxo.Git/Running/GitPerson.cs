using System.Diagnostics;

namespace Auxo.Git;

/// <summary>
/// Somebody at whose terminal a program works in his own working copies. git then sees his home, which <c>~</c> in a repository's settings
/// means, and refuses working copies of other people as it does when he types: their settings can name programs, which would run as him.
/// </summary>
/// <param name="home">His home; null when it is not known.</param>
/// <param name="more">XDG_CONFIG_HOME; null when it is not set.</param>
/// <param name="storage">The folder of Radicle's repositories, which may belong to another account; null for none.</param>
public sealed class GitPerson(string? home, string? more, string? storage)
{
    /// <summary>Nothing lies in it, so that <c>~</c> leads nowhere and git does not end for want of a home.</summary>
    private const string Nowhere = "/dev/null";

    private static readonly string[] Everything = ["*"];

    private readonly Lazy<IReadOnlyList<string>> _trusted = new(() => Trusted(home, more));

    /// <summary>What git is told of whom it works for.</summary>
    /// <param name="person">Null for a service: it only reads objects and refs, of whomever they are, and has no home to be read.</param>
    /// <param name="repository">Where git works.</param>
    internal static Dictionary<string, string> Variables(GitPerson? person, string repository)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = person?.Home ?? Nowhere };
        if (person?.More is { } more) variables["XDG_CONFIG_HOME"] = more;
        var safe = person is null || person.IsStorage(repository) ? Everything : person._trusted.Value;
        variables["GIT_CONFIG_COUNT"] = $"{safe.Count}";
        for (var i = 0; i < safe.Count; i++)
        {
            variables[$"GIT_CONFIG_KEY_{i}"] = "safe.directory";
            variables[$"GIT_CONFIG_VALUE_{i}"] = safe[i];
        }

        return variables;
    }

    private string? Home { get; } = string.IsNullOrEmpty(home) ? null : home;

    private string? More { get; } = string.IsNullOrEmpty(more) ? null : more;

    private bool IsStorage(string repository)
        => storage is not null
            && Path.GetFullPath(repository).StartsWith(Path.TrimEndingDirectorySeparator(storage) + "/", StringComparison.Ordinal);

    /// <summary>What his own settings and the machine's trust; those of a repository do not count, here as for git.</summary>
    private static string[] Trusted(string? home, string? more)
    {
        var start = new ProcessStartInfo("git", ["config", "-z", "--type=path", "--get-all", "safe.directory"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/",
        };
        foreach (var name in start.Environment.Keys.Where(static n => n.StartsWith("GIT_CONFIG_", StringComparison.Ordinal)
            && n is not ("GIT_CONFIG_GLOBAL" or "GIT_CONFIG_SYSTEM" or "GIT_CONFIG_NOSYSTEM")).ToList()) start.Environment.Remove(name);
        start.Environment["HOME"] = string.IsNullOrEmpty(home) ? Nowhere : home;
        if (!string.IsNullOrEmpty(more)) start.Environment["XDG_CONFIG_HOME"] = more;
        // No repository: whichever git would find from here, its settings must not name themselves safe.
        start.Environment["GIT_DIR"] = Nowhere;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("git could not be started; is it on PATH?");
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return Safe(process.StandardOutput.ReadToEnd());
    }

    /// <summary>The folders that such settings name, and their git folders, in which git is asked too.</summary>
    /// <param name="values">Each ends with a zero; an empty one takes back those before, as git reads it.</param>
    internal static string[] Safe(string values)
    {
        var safe = new List<string>();
        foreach (var value in values.Split('\0')[..^1])
        {
            if (value.Length == 0) safe.Clear();
            else safe.AddRange(value.EndsWith('*') ? [value] : [value, value.TrimEnd('/') + "/.git"]);
        }

        return [.. safe];
    }
}
