using System.Diagnostics;
using System.Globalization;

using Auxo.Pipeline.Execution.Processes;

namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>
/// The network of one sandbox: <c>slirp4netns</c> takes what leaves the namespace and sends it as a connection of this machine. Nothing
/// outside can begin a connection to the step, and the machine's own loopback (its databases, Auxo's services) cannot be reached.
/// </summary>
/// <param name="program">Its path.</param>
/// <param name="launcher">Starts it.</param>
/// <param name="time">For the time limit of its start.</param>
internal sealed class StepNetwork(string program, StepLauncher launcher, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The name server inside; it asks those of this machine.</summary>
    private const string NameServer = "10.0.2.3";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);
    private Process? _process;

    /// <summary>The program; null where it is not installed.</summary>
    public static string? Find() => BubblewrapExecutor.FindProgram("slirp4netns");

    /// <summary>Writes the files of <c>/etc</c> that differ from those of a step without a network.</summary>
    /// <returns>Their names in <c>/etc</c>, and where they lie.</returns>
    public static IReadOnlyList<(string Name, string Path)> WriteFiles(string folder)
    {
        return [Write("resolv.conf", $"nameserver {NameServer}\n"), Write("nsswitch.conf", StepNames.NameSwitch("files dns"))];

        (string Name, string Path) Write(string name, string text)
        {
            var path = Path.Combine(folder, "network-" + name);
            File.WriteAllText(path, text);
            File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
            return (name, path);
        }
    }

    /// <summary>Connects a namespace. Call it before the step has its script.</summary>
    /// <param name="namespaceInit">The first process in it, as this machine numbers it.</param>
    /// <exception cref="IOException">It could not be connected; the message has the program's words.</exception>
    public async Task AttachAsync(int namespaceInit)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            UseShellExecute = false, WorkingDirectory = "/",
        };
        // It ends when its input is closed: also when this process is killed.
        foreach (var argument in (ReadOnlySpan<string>)
            ["--configure", "--mtu=65520", "--disable-host-loopback", "--exit-fd=0", "--ready-fd=1",
                namespaceInit.ToString(CultureInfo.InvariantCulture), "tap0"]) start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["PATH"] = StepEnvironment.SearchPath;
        _process = await launcher.StartAsync(start);
        var errors = _process.StandardError.ReadToEndAsync();
        var ready = new byte[1];
        if (await _process.StandardOutput.BaseStream.ReadAsync(ready).AsTask().WaitAsync(StartLimit, time) == 1) return;
        throw new IOException($"slirp4netns: {(await errors.WaitAsync(StartLimit, time)).ReplaceLineEndings(" ").Trim()}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        using (_process)
        {
            _process.StandardInput.Close();
            ProcessTree.Signal(_process.Id, ProcessTree.Kill);
            await _process.WaitForExitAsync();
        }
    }
}
