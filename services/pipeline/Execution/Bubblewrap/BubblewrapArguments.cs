using System.Globalization;

namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>
/// What a step sees of the machine (<c>docs/steps.md</c>): read-only programs and libraries, an <c>/etc</c> of its own, its
/// workspace, what the operator opens, and nothing else.
/// </summary>
internal static class BubblewrapArguments
{
    public const string Home = "/home/step";
    public const string Workspace = "/workspace";

    /// <summary>
    /// Folders that programs ask about the machine: processors and memory (lscpu, the JVM, Go), and which packages are installed.
    /// They hold nothing of the host's users, devices, firmware or networks.
    /// </summary>
    private static readonly string[] AboutTheMachine =
    [
        "/sys/devices/system", "/sys/kernel/mm/transparent_hugepage", "/var/lib/dpkg", "/var/lib/rpm", "/var/lib/pacman/local",
    ];

    /// <summary>Arguments of <c>bwrap</c> up to the program.</summary>
    /// <param name="workspace">The folder on the host.</param>
    /// <param name="etc">The folder that is <c>/etc</c> inside.</param>
    /// <param name="over">Files that lie over those in it.</param>
    /// <param name="user">
    /// The account to become. As root no user namespace is made: bwrap mounts with root's rights, and then everything is given
    /// up for that account for good.
    /// </param>
    /// <param name="settings">Sizes.</param>
    /// <param name="seccomp">Whether descriptor 9 has a filter.</param>
    public static IEnumerable<string> For(
        string workspace, string etc, IReadOnlyList<(string Name, string Path)> over, StepUser? user, ExecutionSettings settings,
        bool seccomp)
    {
        List<string> arguments =
            ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
                "--hostname", StepNames.Step];
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

        arguments.AddRange(["--ro-bind", etc, "/etc"]);
        foreach (var (name, path) in over) arguments.AddRange(["--ro-bind", path, "/etc/" + name]);
        var small = Math.Min(settings.TemporaryBytes, 256L << 20).ToString(CultureInfo.InvariantCulture);
        var size = settings.TemporaryBytes.ToString(CultureInfo.InvariantCulture);
        arguments.AddRange(
            ["--proc", "/proc", "--dev", "/dev", "--size", small, "--perms", "1777", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]);
        arguments.AddRange(["--size", size, "--perms", "1777", "--tmpfs", "/tmp", "--dir", "/run", "--dir", "/var",
            "--symlink", "../tmp", "/var/tmp", "--symlink", "../run", "/var/run"]);
        arguments.AddRange(["--size", size, "--perms", "0777", "--tmpfs", Home, "--bind", workspace, Workspace]);
        foreach (var path in AboutTheMachine.Concat(settings.ReadOnlyPaths).Where(Path.Exists))
        {
            // For root, bwrap makes the parents of a bind for root alone.
            foreach (var parent in OperatorPaths.Parents(path)) arguments.AddRange(["--dir", parent]);
            arguments.AddRange(["--ro-bind", path, path]);
        }

        // The last thing before the shell: it waits for a byte.
        arguments.AddRange(["--remount-ro", "/", "--chdir", Workspace, "--block-fd", "7", "--"]);
        if (user is not null)
        {
            arguments.AddRange(["setpriv", $"--reuid={user.Uid}", $"--regid={user.Gid}", "--clear-groups",
                "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"]);
        }

        return arguments;
    }
}
