using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Hints;

/// <summary>A way in which steps fail that has a known cause.</summary>
/// <param name="Name">The heading of its part of <c>docs/common-failures.md</c>.</param>
/// <param name="Line">A line of the step's output that shows it; what it names <c>it</c> is put into the advice.</param>
/// <param name="Advice">The cause and what to do, in one line.</param>
public sealed record KnownFailure(string Name, Regex Line, string Advice)
{
    /// <summary>What to do where the step has a network; null for the same.</summary>
    public string? AdviceWithNetwork { get; init; }
}

/// <summary>
/// What to do about a failed step: the last lines of its output beside what is known. The causes are those that a step in a sandbox has and
/// a shell on the same machine has not, and a few that everybody meets.
/// </summary>
public static class KnownFailures
{
    /// <summary>So much of the end of a log is looked at: what ended a step stands there.</summary>
    private const int TailBytes = 64 << 10;

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>The sharper ones first: the first that a line shows is said.</summary>
    public static readonly IReadOnlyList<KnownFailure> All =
    [
        new("windows-line-ends", Of(@"\$'\\r'|\\r: (command )?not found|bad interpreter: .*\^M|env: ['‘](?<it>[\w.-]+)\\r"),
            "the script has Windows line ends; save it with Unix ones, and write '* text=auto eol=lf' into .gitattributes"),
        new("not-executable", Of(@"(?<it>\./[\w./-]+|/workspace/[\w./-]+): Permission denied"),
            "{0} is not executable in the commit: git update-index --chmod=+x {0}"),
        new("interpreter-missing", Of(@"(?<it>[\w./-]+): (bad interpreter: |cannot execute: required file not found)"),
            "what the first line of {0} names is not in the sandbox; give the step an image that has it, or install it on the machine "
                + "under /usr"),
        new("newer-system-needed", Of(@"version [`'](?<it>GLIBC(XX)?_[\d.]+)' not found"),
            "a program was built for a newer system ({0}); build it in the step, or give the step an image that has it"),
        new("program-missing", Of(
                @"(^|[\s:])(?<it>[\w.+-]+): (command )?not found|^make(\[\d+\])?: (?<it>[\w.+-]+): No such file or directory"
                    + @"|""(?<it>[\w.+-]+)"": executable file not found in \$PATH|spawn (?<it>[\w./+-]+) ENOENT"
                    + "|env: ['‘](?<it>[\\w.+-]+)['’]: No such file"),
            "the program '{0}' is not in the sandbox: install it on the machine under /usr, name its folder in "
                + "Auxo__Steps__ReadOnlyPaths, or give the step an image that has it"),
        new("no-network", Of(
                @"(?i:could not resolve (host|proxy)|temporary failure (in name resolution|resolving)|name or service not known"
                    + @"|\b(ENOTFOUND|EAI_AGAIN|ENETUNREACH)\b|network is unreachable|failed to lookup address|dial tcp: lookup"
                    + @"|no such host|NameResolutionError|failed to establish a new connection)"),
            "a step has no network unless it asks: write 'network: true' into the step, or keep what it needs in the repository or on the "
                + "machine (a folder of Auxo__Steps__ReadOnlyPaths)")
        {
            AdviceWithNetwork = "this machine does not reach it: look at the name, and at the machine's name servers and firewall",
        },
        new("no-git-folder", Of("(?i:not a git repository)"),
            "a step finds the files of the commit without .git; AUXO_COMMIT, AUXO_REF and AUXO_PATCH say what is built"),
        new("read-only", Of(@"(?i:read-only file system|\bEROFS\b)"),
            "only the workspace, the home folder and /tmp can be written; write there"),
        new("disk-full", Of(@"(?i:no space left on device|\bENOSPC\b|disk quota exceeded)"),
            "the workspace or the disk is full; Auxo__Steps__WorkspaceMiB is the step's limit, auxo doctor says how much the disk has"),
        new("out-of-memory", Of(@"(?i:out of memory|cannot allocate memory|\bENOMEM\b|std::bad_alloc)|^Killed$|signal: killed"),
            "it needs more memory than a step may have (Auxo__Steps__MemoryMiB); let it use less, such as fewer workers at once"),
        new("too-many-processes", Of("(?i:fork: (retry: )?resource temporarily unavailable|cannot fork|pthread_create.*failed)"),
            "it starts more processes than a step may have (Auxo__Steps__Processes); let it use fewer workers at once"),
        new("docker-missing", Of("(?i:cannot connect to the docker daemon|docker\\.sock)"),
            "a step cannot reach Docker, since whoever can is root of the machine; give the step an image instead of starting one"),
        new("dependency-missing", Of(
                @"ModuleNotFoundError: No module named '(?<it>[\w.]+)'|Cannot find (module|package) '(?<it>[^']{1,80})'"
                    + @"|error: no matching package named `(?<it>[^`]{1,80})`|no required module provides package (?<it>[\w./-]+)"
                    + @"|cannot load such file -- (?<it>[\w/-]+)|NU1101: Unable to find package (?<it>[\w-]+(\.[\w-]+)*)"),
            "'{0}' is not installed in the step: install it by a step with 'network: true', in the image, or keep it in the repository"),
        new("address-in-use", Of(@"(?i:address already in use|\bEADDRINUSE\b)"),
            "something of this step listens there already: each step has a network of its own, with no other program of the machine in it"),
        new("git-owner", Of("(?i:detected dubious ownership)"),
            "git finds a repository of another user; a step's files are its own, so it was given one from outside"),
    ];

    /// <summary>What is known of a failure; null when nothing is.</summary>
    /// <param name="output">The step's output, at least its end.</param>
    /// <param name="hasNetwork">The step has a network.</param>
    public static string? Advise(string output, bool hasNetwork = false)
    {
        // From the end: a build goes on after many an error, and stops after the last.
        var lines = output.Split('\n');
        foreach (var known in All)
        {
            for (var i = lines.Length - 1; i >= 0; i--)
            {
                var line = lines[i].TrimEnd('\r');
                if (line is ['$', ' ', ..] || known.Line.Match(line) is not { Success: true } found) continue;
                var advice = hasNetwork ? known.AdviceWithNetwork ?? known.Advice : known.Advice;
                return string.Format(System.Globalization.CultureInfo.InvariantCulture, advice, found.Groups["it"].Value);
            }
        }

        return null;
    }

    /// <summary>What is known of the failure that a log ends with; null when nothing is, or the log cannot be read.</summary>
    public static async Task<string?> AdviseAsync(string path, bool hasNetwork, CancellationToken ct)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[Math.Min(TailBytes, file.Length)];
            file.Seek(-buffer.Length, SeekOrigin.End);
            var read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
            return Advise(Encoding.UTF8.GetString(buffer, 0, read), hasNetwork);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static Regex Of(string pattern) => new(pattern, Linear);
}
