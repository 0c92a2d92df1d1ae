using System.Buffers.Text;
using System.Security.Cryptography;


namespace Auxo.Instances;

/// <summary>The folder of one running Auxo, <c>AUXO_HOME</c>: locked while it runs, so that two never share their data.</summary>
public sealed class InstanceFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private InstanceFolder(string home, FileStream held) => (Home, _lock) = (home, held);

    /// <summary>The folder's full path.</summary>
    public string Home { get; }

    /// <summary>Tokens, passwords and process ids.</summary>
    public string Run => Path.Combine(Home, "run");

    /// <summary>One log per resource.</summary>
    public string Logs => Path.Combine(Home, "logs");

    /// <summary>
    /// Where the folder is: <c>AUXO_HOME</c>; else <c>/var/lib/auxo</c> for root, whose own home no other user can walk into;
    /// else <c>$XDG_DATA_HOME/auxo</c>, <c>~/.local/share/auxo</c>.
    /// </summary>
    public static string Locate(IReadOnlyDictionary<string, string> environment)
    {
        if (environment.GetValueOrDefault("AUXO_HOME") is { Length: > 0 } home) return Path.GetFullPath(home);
        if (Posix.EffectiveUserId() == 0) return "/var/lib/auxo";
        if (environment.GetValueOrDefault("XDG_DATA_HOME") is { Length: > 0 } data) return Path.Combine(data, "auxo");
        var user = environment.GetValueOrDefault("HOME") is { Length: > 0 } h
            ? h
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return user.Length > 0
            ? Path.Combine(user, ".local", "share", "auxo")
            : throw new HostingException(
                "There is no folder for Auxo's data: HOME and XDG_DATA_HOME are not set. Set AUXO_HOME to a folder of yours.");
    }

    /// <summary>How everything in the folder is kept; a build that keeps it otherwise has another number.</summary>
    private const string Layout = "2";

    /// <summary>Makes the folder where it is missing and takes its lock; what a killed predecessor left running is ended first.</summary>
    /// <exception cref="HostingException">Another Auxo runs on it, another build made it, or it cannot be written.</exception>
    public static InstanceFolder Open(string home)
    {
        try
        {
            RefuseOtherLayout(home);
            // Started by root, PostgreSQL's user must be able to walk through; what is secret has a mode of its own.
            var mode = (UnixFileMode)(Posix.EffectiveUserId() == 0 ? 0b111_001_001 : 0b111_000_000);
            Directory.CreateDirectory(home, mode);
            if (!File.Exists(LayoutFile(home))) File.WriteAllText(LayoutFile(home), Layout);
            Directory.CreateDirectory(Path.Combine(home, "run"), mode);
            Directory.CreateDirectory(Path.Combine(home, "logs"), (UnixFileMode)0b111_000_000);
            var file = Path.Combine(home, "run", "lock");
            FileStream held;
            try
            {
                held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file))
            {
                throw new HostingException(
                    $"Auxo runs on {home} already, as process {LockHolder(home)}. './auxo down' stops it; AUXO_HOME names another folder.");
            }

            File.WriteAllText(HolderFile(home), Environment.ProcessId.ToString());
            var folder = new InstanceFolder(home, held);
            folder.EndLeftovers();
            return folder;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new HostingException($"{home} cannot be used for Auxo's data: {e.Message} Set AUXO_HOME to a folder that you may write.");
        }
    }

    /// <summary>
    /// The AppHost that runs on this folder, or null. Does not touch the lock: even to look at it would make a start at that
    /// moment fail.
    /// </summary>
    public static int? LockHolder(string home)
        => File.Exists(HolderFile(home)) && int.TryParse(File.ReadAllText(HolderFile(home)), out var pid) && Processes.IsAlive(pid)
            && Processes.CommandLine(pid).Contains("AppHost", StringComparison.Ordinal) ? pid : null;

    /// <summary>A secret in <c>run/</c>, <c>auxo_</c> and 256 random bits, made at the first start, readable by its owner only.</summary>
    public static string Secret(string home, string file)
    {
        var path = Path.Combine(home, "run", file);
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
            WritePrivate(path, "auxo_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));
        return File.ReadAllText(path).Trim();
    }

    /// <summary>Replaces a file as a whole, with mode 0600.</summary>
    public static void WritePrivate(string path, string content)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var writer = new StreamWriter(new FileStream(fresh, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly,
        })))
            writer.Write(content);
        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Remembers a process, so that a start after <c>kill -9</c> of this one can end it.</summary>
    public void Remember(string name, int processId) => File.WriteAllText(PidFile(name), processId.ToString());

    /// <summary>Forgets a process that has ended.</summary>
    public void Forget(string name) => File.Delete(PidFile(name));

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(Path.Combine(Home, "instance.json"));
        File.Delete(HolderFile(Home));
        _lock.Dispose();
    }

    private static string LayoutFile(string home) => Path.Combine(home, "layout");

    /// <summary>Builds before the first release left no such file; nothing of theirs is touched.</summary>
    private static void RefuseOtherLayout(string home)
    {
        var layout = File.Exists(LayoutFile(home)) ? File.ReadAllText(LayoutFile(home)).Trim()
            : Directory.Exists(Path.Combine(home, "pg")) || File.Exists(Path.Combine(home, "run", "lock")) ? "1" : Layout;
        if (layout != Layout)
            throw new HostingException(
                $"{home} was made by {(layout == "1" ? "an earlier" : "another")} build of Auxo, and this one cannot read it. "
                    + "Nothing in it was changed: move it away, or set AUXO_HOME to another folder.");
    }

    private static string HolderFile(string home) => Path.Combine(home, "run", "apphost");

    private string PidFile(string name) => Path.Combine(Run, name + ".pid");

    private void EndLeftovers()
    {
        foreach (var file in Directory.EnumerateFiles(Run, "*.pid"))
        {
            // A number alone may belong to somebody else by now; the program must be one of ours too.
            if (int.TryParse(File.ReadAllText(file), out var pid)
                && Processes.CommandLine(pid).Contains("/Auxo.", StringComparison.Ordinal))
            {
                _ = Posix.Kill(pid, 9);
                if (!Processes.WaitUntilGone(pid, TimeSpan.FromSeconds(10)))
                    throw new HostingException(
                        $"Process {pid} is left from an earlier start and does not end. Stop it by hand: kill -9 {pid}");
            }

            File.Delete(file);
        }
    }
}

/// <summary>Auxo cannot start or go on; the message says why and what to do, on one line.</summary>
public sealed class HostingException(string message) : Exception(message);
