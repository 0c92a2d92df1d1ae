using System.Globalization;

namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>
/// What a step sees of the machine: read-only programs and libraries, a few files of <c>/etc</c>, its workspace, and nothing
/// else.
/// </summary>
internal static class BubblewrapArguments
{
    /// <summary>Where the step's script appears inside.</summary>
    public const string Script = "/run/auxo/step";

    public const string Home = "/home/step";
    public const string Workspace = "/workspace";

    /// <summary>
    /// Name resolution of users, the linker's cache, certificates, time zone, tool alternatives: what programs cannot start
    /// without.
    /// </summary>
    private static readonly string[] EtcFiles =
    [
        "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts", "/etc/ld.so.cache", "/etc/ld.so.conf",
        "/etc/ld.so.conf.d", "/etc/alternatives",
        "/etc/localtime", "/etc/timezone", "/etc/mime.types", "/etc/ssl/certs", "/etc/pki/tls/certs",
        "/etc/ca-certificates", "/etc/dotnet", "/etc/java-17-openjdk",
        "/etc/java-21-openjdk",
    ];

    /// <summary>Arguments of <c>bwrap</c> up to the program.</summary>
    /// <param name="workspace">The folder on the host.</param>
    /// <param name="user">
    /// The account to become. As root no user namespace is made: bwrap mounts with root's rights, and then everything is given
    /// up for that account for good.
    /// </param>
    /// <param name="settings">Sizes.</param>
    /// <param name="seccomp">Whether descriptor 9 has a filter.</param>
    public static IEnumerable<string> For(string workspace, StepUser? user, ExecutionSettings settings, bool seccomp)
    {
        List<string> arguments =
            ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "step"];
        if (user is null) arguments.Add("--unshare-user");
        arguments.AddRange(["--die-with-parent", "--new-session", "--json-status-fd", "3", "--cap-drop", "ALL"]);
        if (user is not null) arguments.AddRange(["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]);
        if (seccomp) arguments.AddRange(["--seccomp", "9"]);

        arguments.AddRange(["--ro-bind", "/usr", "/usr"]);
        foreach (var folder in (ReadOnlySpan<string>)["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"])
        {
            var entry = new DirectoryInfo(folder);
            if (entry.LinkTarget is { } target) arguments.AddRange(["--symlink", target, folder]);
            else if (entry.Exists) arguments.AddRange(["--ro-bind", folder, folder]);
        }

        foreach (var file in EtcFiles.Concat(settings.ReadOnlyPaths)) arguments.AddRange(["--ro-bind-try", file, file]);

        var small = Math.Min(settings.TemporaryBytes, 256L << 20).ToString(CultureInfo.InvariantCulture);
        var size = settings.TemporaryBytes.ToString(CultureInfo.InvariantCulture);
        arguments.AddRange(
            ["--proc", "/proc", "--dev", "/dev", "--size", small, "--perms", "1777", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]);
        arguments.AddRange(["--size", size, "--perms", "1777", "--tmpfs", "/tmp", "--dir", "/var", "--symlink", "../tmp", "/var/tmp"]);
        arguments.AddRange(["--size", size, "--perms", "0777", "--tmpfs", Home, "--bind", workspace, Workspace]);
        arguments.AddRange(["--perms", "0444", "--ro-bind-data", "8", Script, "--remount-ro", "/", "--chdir", Workspace, "--"]);
        if (user is not null)
        {
            arguments.AddRange(["setpriv", $"--reuid={user.Uid}", $"--regid={user.Gid}", "--clear-groups",
                "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"]);
        }

        return arguments;
    }
}
