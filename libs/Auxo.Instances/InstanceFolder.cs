namespace Auxo.Instances;

/// <summary>The folder of one running Auxo, locked while it runs, so that two never share their data.</summary>
public sealed class InstanceFolder : IDisposable
{
    private readonly FileStream _lock;

    private InstanceFolder(InstanceLayout layout, FileStream held) => (Layout, _lock) = (layout, held);

    /// <summary>What is where in it.</summary>
    public InstanceLayout Layout { get; }

    /// <summary>Makes the folder where it is missing and takes its lock; what a killed predecessor left running is ended first.</summary>
    /// <exception cref="HostingException">Another Auxo runs on it, another build made it, or it cannot be written.</exception>
    public static InstanceFolder Open(InstanceLayout layout)
    {
        layout.Make();
        try
        {
            FileStream held;
            try
            {
                held = PrivateFiles.Open(layout.LockFile, FileMode.OpenOrCreate, FileShare.None);
            }
            catch (IOException) when (File.Exists(layout.LockFile))
            {
                throw new HostingException(
                    $"Auxo runs on {layout.Home} already, as process {LockHolder(layout)}. './auxo down' stops it; AUXO_HOME names "
                        + "another folder.");
            }

            PrivateFiles.Write(layout.HolderFile, Environment.ProcessId.ToString());
            var folder = new InstanceFolder(layout, held);
            folder.EndLeftovers();
            return folder;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw layout.Unusable(e);
        }
    }

    /// <summary>
    /// The AppHost that runs on this folder, or null. Does not touch the lock: even to look at it would make a start at that
    /// moment fail.
    /// </summary>
    public static int? LockHolder(InstanceLayout layout)
        => File.Exists(layout.HolderFile) && int.TryParse(File.ReadAllText(layout.HolderFile), out var pid) && Processes.IsAlive(pid)
            && Processes.CommandLine(pid).Contains("AppHost", StringComparison.Ordinal) ? pid : null;

    /// <summary>Remembers a process, so that a start after <c>kill -9</c> of this one can end it.</summary>
    public void Remember(string name, int processId) => PrivateFiles.Write(Layout.PidFile(name), processId.ToString());

    /// <summary>Forgets a process that has ended.</summary>
    public void Forget(string name) => File.Delete(Layout.PidFile(name));

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(Layout.Description);
        File.Delete(Layout.HolderFile);
        _lock.Dispose();
    }

    private void EndLeftovers()
    {
        foreach (var file in Layout.Pids)
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
