using System.Globalization;
using System.Text;

namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>One look at what a step finds, with bash and nothing else that might not be installed.</summary>
/// <param name="What">What is looked for, after "steps do not find".</param>
/// <param name="Command">Succeeds in the sandbox when it is there.</param>
/// <param name="Next">What the operator does when it is not.</param>
public sealed record MachineLook(string What, string Command, string Next)
{
    private const string Mark = "auxo-did-not-find ";
    private const string Report = "read docs/steps.md; where it should be there, please report what 'auxo doctor --json' says";

    /// <summary>What any machine has.</summary>
    internal static readonly MachineLook[] Usual =
    [
        new("the name of their user", "[ \"$(id -un)\" = step ]", Report),
        new("their own host name", "! command -v getent || getent hosts step", Report),
        new("localhost", "(exec 5<>/dev/tcp/localhost/9) 2>/tmp/said || grep -i refused /tmp/said", Report),
        new("/dev/stdout and /dev/stderr", ": >/dev/stdout && : >/dev/stderr", Report),
        new("a terminal to open (/dev/ptmx)", ": <>/dev/ptmx", Report),
        new("room for temporary files", "touch /tmp/a /var/tmp/b /dev/shm/c ~/d", Report),
        new("a folder in which git can begin", "! command -v git || git init -q /tmp/look", Report),
        new("the processors in /sys", "[ -r /sys/devices/system/cpu/online ]", "let Auxo see /sys, in a container too"),
        new("awk", "echo | awk 1", "sudo apt install mawk"),
        new("the certificates of authorities",
            "cat /etc/ssl/certs/ca-certificates.crt || cat /etc/pki/tls/certs/ca-bundle.crt || cat /etc/ssl/cert.pem || "
                + "cat /etc/ssl/certs/*.pem",
            "sudo apt install ca-certificates"),
        new("the names of services (/etc/services)", "[ -r /etc/services ]", "sudo apt install netbase"),
        new("time zones", "[ -e /usr/share/zoneinfo/UTC ]", "sudo apt install tzdata"),
    ];

    /// <summary>A path that the operator opened.</summary>
    internal static MachineLook AtPath(string path)
        => new($"{path}, which Auxo__Steps__ReadOnlyPaths names",
            $"[ -r {StepScript.Quote(path)} ] && {{ [ ! -d {StepScript.Quote(path)} ] || [ -x {StepScript.Quote(path)} ]; }}",
            Path.Exists(path)
                ? $"where other users may read it: chmod -R o+rX {path}; else take it out of the list"
                : "make it, or take it out of the list");

    /// <summary>One command that tries all and prints the number of each that fails.</summary>
    internal static string Script(IReadOnlyList<MachineLook> looks)
    {
        var script = new StringBuilder();
        foreach (var (i, look) in looks.Index())
            script.Append(CultureInfo.InvariantCulture, $"{{ {look.Command}; }} >/tmp/out || echo {Mark}{i}\n");
        return script.ToString();
    }

    /// <summary>Those whose numbers are in the output.</summary>
    internal static IReadOnlyList<MachineLook> Failed(IReadOnlyList<MachineLook> looks, string output)
    {
        var lines = output.Split('\n').ToHashSet(StringComparer.Ordinal);
        return [.. looks.Where((_, i) => lines.Contains(string.Create(CultureInfo.InvariantCulture, $"{Mark}{i}")))];
    }
}
