namespace Auxo.Instances;

/// <summary>
/// The folder of one Auxo, <c>AUXO_HOME</c>: everything in it has its name here, and every folder is made here. Other users read
/// nothing in it: a folder is closed to them, and so is each file of the two that they may walk through when root runs Auxo.
/// </summary>
/// <param name="Home">Absolute.</param>
public sealed record InstanceLayout(string Home)
{
    /// <summary>How everything in the folder is kept; a build that keeps it otherwise has another number.</summary>
    private const string Number = "2";

    private static readonly EnumerationOptions EveryEntry = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    /// <summary>
    /// Started by root, PostgreSQL's user walks through the top folder and <c>run/</c>, whose contents it cannot list.
    /// </summary>
    private static UnixFileMode Passage => Posix.EffectiveUserId() == 0
        ? PrivateFiles.FolderMode | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        : PrivateFiles.FolderMode;

    /// <summary>The number of the layout.</summary>
    public string LayoutFile => Path.Combine(Home, "layout");

    /// <summary>The keys by which the secrets of steps are encrypted; made at the first one. In no backup.</summary>
    public string SecretsKey => Path.Combine(Home, "secrets.key");

    /// <summary>By which the registry signs where files came from; made at the first one. In no backup.</summary>
    public string ProvenanceKey => Path.Combine(Home, "provenance.key");

    /// <summary>The key by which the registry signs npm's packages; made at the first one. In no backup.</summary>
    public string NpmSigningKey => Path.Combine(Home, "npm-signing.key");

    /// <summary>Where the services listen, while it runs (<see cref="InstanceFile"/>).</summary>
    public string Description => Path.Combine(Home, "instance.json");

    /// <summary>
    /// What this machine keeps as a runner of another Auxo: a layout of its own, so that a runner never touches what an Auxo of this
    /// machine has.
    /// </summary>
    public InstanceLayout AsRunner => new(Path.Combine(Home, "runner"));

    /// <summary>Of a runner: which Auxo it has joined.</summary>
    public string JoinedFile => Path.Combine(Home, "runner.json");

    /// <summary>To which Auxo this machine's node reports, with its token.</summary>
    public string AgentFile => Path.Combine(Home, "agent.json");

    /// <summary>Of a runner: bare repositories with what was built here.</summary>
    public string RunnerSources => Path.Combine(Home, "sources");

    /// <summary>The private PostgreSQL's data and password.</summary>
    public string Database => Path.Combine(Home, "pg");

    /// <summary>Contents by digest: the pipeline's artifacts, and in a folder of its own what the registry keeps.</summary>
    public string Blobs => Path.Combine(Home, "blobs");

    /// <summary>The registry's contents: two services that remove contents must not share them.</summary>
    public string RegistryBlobs => Path.Combine(Blobs, "registry");

    /// <summary>Bare repositories that borrow their objects from the sources.</summary>
    public string Mirrors => Path.Combine(Home, "mirrors");

    /// <summary>What steps keep for later builds; it may be removed at any time.</summary>
    public string Caches => Path.Combine(Home, "caches");

    /// <summary>What registries last said of vulnerable packages.</summary>
    public string Advisories => Path.Combine(Home, "advisories");

    /// <summary>What the checks said of contents, for after a restart; it may be removed at any time.</summary>
    public string Verdicts => Path.Combine(Home, "verdicts");

    /// <summary>A Radicle profile of Auxo's own, where it writes with a key of its own; in no backup.</summary>
    public string RadicleProfile => Path.Combine(Home, "radicle");

    /// <summary>Says with whose key Auxo writes: <c>own</c>, else the node's.</summary>
    public string IdentityFile => Path.Combine(RadicleProfile, "identity");

    /// <summary>Whether that file says <c>own</c>.</summary>
    public bool WritesWithOwnKey
    {
        get
        {
            try
            {
                return File.Exists(IdentityFile) && File.ReadAllText(IdentityFile).Trim() == "own";
            }
            catch (IOException)
            {
                // It is being written.
                return false;
            }
        }
    }

    /// <summary>
    /// What <c>auxo monitoring up</c> keeps: the files, data and logs of Prometheus, Alertmanager and Grafana. In no backup.
    /// </summary>
    public string Monitoring => Path.Combine(Home, "monitoring");

    /// <summary>Repositories that were private and are public on purpose, an id a line; somebody has said so.</summary>
    public string MeantPublic => Path.Combine(Home, "meant-public");

    /// <summary>When the last whole backup was made; in no backup.</summary>
    public string LastBackup => Path.Combine(Home, "last-backup");

    /// <summary>One log per resource.</summary>
    public string Logs => Path.Combine(Home, "logs");

    /// <summary>One folder per build.</summary>
    public string BuildLogs => Path.Combine(Logs, "builds");

    /// <summary>What is of one run: secrets, process ids, and what is made anew at the next start.</summary>
    public string Run => Path.Combine(Home, "run");

    /// <summary>PostgreSQL's socket, where the path is short enough.</summary>
    public string Sockets => Path.Combine(Run, "pg");

    /// <summary>One folder per running build.</summary>
    public string Workspaces => Path.Combine(Run, "workspaces");

    /// <summary>The workspaces of the builds that failed last.</summary>
    public string Failed => Path.Combine(Run, "failed");

    /// <summary>One tree per source of large recent builds, for the next build to begin with.</summary>
    public string Spares => Path.Combine(Run, "spares");

    /// <summary>Small files for starting steps.</summary>
    public string Steps => Path.Combine(Run, "steps");

    /// <summary>What the checks of a build write for their programs.</summary>
    public string Checks => Path.Combine(Run, "checks");

    /// <summary>The messages that each service works on at this moment.</summary>
    public string InHand => Path.Combine(Run, "in-hand");

    /// <summary>The keys that the console's cookies are encrypted with.</summary>
    public string ConsoleKeys => Path.Combine(Run, "console-keys");

    /// <summary>Held by the AppHost that runs on this folder.</summary>
    public string LockFile => Path.Combine(Run, "lock");

    /// <summary>The process id of that AppHost.</summary>
    public string HolderFile => Path.Combine(Run, "apphost");

    /// <summary>Under which name the pipeline holds its builds.</summary>
    public string RunnerFile => Path.Combine(Run, "pipeline-runner");

    /// <summary>The administrator's token.</summary>
    public string AdminToken => TokenFile("admin");

    /// <summary>The key with which services send telemetry to the dashboard.</summary>
    public string TelemetryKey => Path.Combine(Run, "telemetry.key");

    /// <summary>The key that the tokens of builds are signed with.</summary>
    public string BuildTokenKey => Path.Combine(Run, "build-tokens.key");

    /// <summary>
    /// The socket on which the registry hears the steps of builds; null in a folder so deep that its path would be longer than Linux
    /// takes.
    /// </summary>
    public string? StepSocket
        => Path.Combine(Run, "registry", "steps.sock") is var path && System.Text.Encoding.UTF8.GetByteCount(path) <= 107 ? path : null;

    /// <summary>The files of tokens that are there.</summary>
    public IEnumerable<string> Tokens => Directory.Exists(Run) ? Directory.EnumerateFiles(Run, "*.token") : [];

    /// <summary>The files of process ids that are there.</summary>
    public IEnumerable<string> Pids => Directory.EnumerateFiles(Run, "*.pid");

    /// <summary>A holder's token.</summary>
    public string TokenFile(string holder) => Path.Combine(Run, holder + ".token");

    /// <summary>The password of a role of the database.</summary>
    public string PasswordFile(string role) => Path.Combine(Run, role + ".password");

    /// <summary>The process id of a resource that runs.</summary>
    public string PidFile(string resource) => Path.Combine(Run, resource + ".pid");

    /// <summary>The log of a resource.</summary>
    public string LogFile(string resource) => Path.Combine(Logs, resource + ".log");

    /// <summary>
    /// Where the folder is: <c>AUXO_HOME</c>; else <c>/var/lib/auxo</c> for root, whose own home no other user can walk into;
    /// else <c>$XDG_DATA_HOME/auxo</c>, <c>~/.local/share/auxo</c>.
    /// </summary>
    /// <param name="variable">Reads a variable of the environment; null when it is not set.</param>
    public static InstanceLayout Locate(Func<string, string?> variable) => Locate(variable, Posix.EffectiveUserId() == 0);

    /// <inheritdoc cref="Locate(Func{string, string?})"/>
    /// <param name="variable">Reads a variable of the environment; null when it is not set.</param>
    /// <param name="root">Whether root asks.</param>
    public static InstanceLayout Locate(Func<string, string?> variable, bool root)
    {
        if (variable("AUXO_HOME") is { Length: > 0 } home) return new(Path.GetFullPath(home));
        if (root) return new("/var/lib/auxo");
        if (variable("XDG_DATA_HOME") is { Length: > 0 } data) return new(Path.GetFullPath(Path.Combine(data, "auxo")));
        var user = variable("HOME") is { Length: > 0 } h ? h : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return user.Length > 0
            ? new(Path.Combine(user, ".local", "share", "auxo"))
            : throw new HostingException(
                "There is no folder for Auxo's data: HOME and XDG_DATA_HOME are not set. Set AUXO_HOME to a folder of yours.");
    }

    /// <summary>
    /// Makes the folder and all folders in it, and closes what an earlier build left open. Repeatable; does not take the lock.
    /// PostgreSQL's two folders are made with their owner, when it starts.
    /// </summary>
    /// <exception cref="HostingException">Another build made it, or it cannot be written; the message says what to do.</exception>
    public void Make()
    {
        try
        {
            RefuseOther();
            // A folder of the operator's own with other things in it keeps its mode.
            if (!Directory.Exists(Home) || File.Exists(LayoutFile) || !Directory.EnumerateFileSystemEntries(Home).Any())
                PrivateFiles.MakeFolder(Home, Passage);
            if (!File.Exists(LayoutFile)) PrivateFiles.Write(LayoutFile, Number);
            PrivateFiles.MakeFolder(Run, Passage);
            foreach (var folder in (ReadOnlySpan<string>)
                [Logs, BuildLogs, Blobs, Mirrors, Caches, Workspaces, Failed, Spares, Steps, Checks, InHand, ConsoleKeys])
                PrivateFiles.MakeFolder(folder);
            foreach (var file in Directory.EnumerateFiles(Run).Append(LayoutFile)) PrivateFiles.Close(file);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw Unusable(e);
        }
    }

    /// <summary>
    /// What other users of this machine can read: their way is followed from the top, so what lies behind a closed folder counts
    /// as closed. A path ends with a slash when the names in a folder can be listed.
    /// </summary>
    public IEnumerable<string> ReadableByOthers() => Directory.Exists(Home) ? ReadableByOthers(new DirectoryInfo(Home)) : [];

    private static IEnumerable<string> ReadableByOthers(DirectoryInfo folder)
    {
        const UnixFileMode read = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode enter = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if ((folder.UnixFileMode & read) != UnixFileMode.None) yield return folder.FullName + "/";
        if ((folder.UnixFileMode & enter) == UnixFileMode.None) yield break;
        foreach (var entry in folder.EnumerateFileSystemInfos("*", EveryEntry))
        {
            if (entry.LinkTarget is not null) continue;
            if (entry is DirectoryInfo below) foreach (var path in ReadableByOthers(below)) yield return path;
            else if ((entry.UnixFileMode & read) != UnixFileMode.None) yield return entry.FullName;
        }
    }

    /// <summary>What a start says of a folder in which it may not do what it must.</summary>
    internal HostingException Unusable(Exception e)
        => new($"{Home} cannot be used for Auxo's data: {e.Message} Set AUXO_HOME to a folder that you may write.");

    /// <summary>Builds before the first release left no such file; nothing of theirs is touched.</summary>
    private void RefuseOther()
    {
        var layout = File.Exists(LayoutFile) ? File.ReadAllText(LayoutFile).Trim()
            : Directory.Exists(Database) || File.Exists(LockFile) ? "1" : Number;
        if (layout != Number)
            throw new HostingException(
                $"{Home} was made by {(layout == "1" ? "an earlier" : "another")} build of Auxo, and this one cannot read it. "
                    + "Nothing in it was changed: move it away, or set AUXO_HOME to another folder.");
    }
}
