using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

using Auxo.Pipeline.Execution.Bubblewrap;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Execution.RegistryAccess;

/// <summary>
/// Makes a listening socket on the loopback of another network namespace and keeps it here. A socket stays in the namespace in which it
/// was made, whoever holds it: so a step connects to its own loopback, this process accepts, and nothing of ours runs in the sandbox.
/// </summary>
internal static partial class NamespaceListener
{
    /// <summary>
    /// Below 1024: only who owns the namespace may listen there, so it is never in the way of a server of the step's.
    /// </summary>
    public const int Port = 881;

    /// <summary>What listens there, as programs in the namespace call it.</summary>
    public static readonly string Address = string.Create(CultureInfo.InvariantCulture, $"http://{IPAddress.Loopback}:{Port}");

    private const int Waiting = 128;

    /// <summary>IP_FREEBIND: bubblewrap gives the loopback its address when the namespace is there already.</summary>
    private const int BeforeItsAddress = 15;

    private const int OfNetworks = 0x4000_0000;
    private const int PidfdOpen = 434;
    private const int PidfdGetFd = 438;

    /// <summary>
    /// As an ordinary user: rights over the namespace come with the user namespace that owns it, and only a process of one thread may enter
    /// that. Perl is on every machine with Debian's or Ubuntu's base system. It says which of its descriptors is the socket and waits
    /// until that was fetched.
    /// </summary>
    private const string Helper = """
        use Socket; my ($pid, $port, $setns) = @ARGV; $| = 1;
        open(my $net, '<', "/proc/$pid/ns/net") or die "its namespace: $!\n";
        my $owner = ioctl($net, 0xb701, 0) or die "the owner of its namespace: $!\n";
        syscall($setns + 0, $owner + 0, 0x10000000) == 0 or die "its user namespace: $!\n";
        syscall($setns + 0, fileno($net), 0x40000000) == 0 or die "its network namespace: $!\n";
        socket(my $s, AF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
        setsockopt($s, 0, 15, pack('i', 1)); setsockopt($s, SOL_SOCKET, SO_REUSEADDR, pack('i', 1));
        bind($s, pack_sockaddr_in($port, INADDR_LOOPBACK)) or die "bind: $!\n";
        listen($s, 128) or die "listen: $!\n";
        print fileno($s), "\n"; my $end; sysread(STDIN, $end, 1);
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Listens on 127.0.0.1 and <see cref="Port"/> there.</summary>
    /// <param name="process">A process in the namespace, as this machine numbers it.</param>
    /// <exception cref="IOException">It cannot be done; the message says why, in one line.</exception>
    public static async Task<Socket> ListenAsync(int process)
    {
        try
        {
            return Posix.EffectiveUserId() == 0 ? await AsRootAsync(process) : await AsUserAsync(process);
        }
        catch (Exception e) when (e is SocketException or Win32Exception or UnauthorizedAccessException or TimeoutException)
        {
            throw new IOException($"its loopback cannot be listened on: {e.Message}", e);
        }
    }

    /// <summary>One thread enters the namespace, and ends there: no other is ever in it.</summary>
    private static Task<Socket> AsRootAsync(int process)
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var target = File.OpenHandle(
                    string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/ns/net"), share: FileShare.ReadWrite);
                if (Enter(target, OfNetworks) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    socket.SetRawSocketOption(0, BeforeItsAddress, BitConverter.GetBytes(1));
                    socket.Bind(new IPEndPoint(IPAddress.Loopback, Port));
                    socket.Listen(Waiting);
                    made.SetResult(socket);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
            catch (Exception e)
            {
                made.SetException(e);
            }
        }, 256 << 10) { IsBackground = true, Name = "Auxo listens in a sandbox" }.Start();
        return made.Task;
    }

    private static async Task<Socket> AsUserAsync(int process)
    {
        if (BubblewrapExecutor.FindProgram("perl") is not { } perl)
            throw new IOException("its loopback cannot be listened on without perl (apt install perl-base, or dnf install perl)");
        // setns
        var call = RuntimeInformation.OSArchitecture switch { Architecture.X64 => "308", Architecture.Arm64 => "268", _ => null };
        if (call is null) throw new IOException("its loopback cannot be listened on with this processor");
        var start = new ProcessStartInfo(perl)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            UseShellExecute = false, WorkingDirectory = "/",
        };
        foreach (var argument in (ReadOnlySpan<string>)
            ["-e", Helper, process.ToString(CultureInfo.InvariantCulture), Port.ToString(CultureInfo.InvariantCulture), call])
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["PATH"] = StepEnvironment.SearchPath;
        using var helper = Process.Start(start) ?? throw new IOException($"{perl} could not be started");
        try
        {
            var line = await helper.StandardOutput.ReadLineAsync().WaitAsync(Limit);
            if (!int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var theirs))
            {
                var words = await helper.StandardError.ReadLineAsync().WaitAsync(Limit);
                throw new IOException($"its loopback cannot be listened on: {words ?? "perl said nothing"}");
            }

            using var handle = new SafeFileHandle(Call(PidfdOpen, helper.Id, 0, 0), ownsHandle: true);
            if (handle.IsInvalid) throw new Win32Exception(Marshal.GetLastPInvokeError());
            var socket = new SafeSocketHandle(Call(PidfdGetFd, handle.DangerousGetHandle(), theirs, 0), ownsHandle: true);
            return socket.IsInvalid ? throw new Win32Exception(Marshal.GetLastPInvokeError()) : new Socket(socket);
        }
        finally
        {
            helper.StandardInput.Close();
            if (!helper.WaitForExit(Limit)) helper.Kill();
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Enter(SafeHandle space, int kind);

    /// <summary>The two calls are newer than some C libraries.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Call(nint number, nint first, nint second, nint third);
}
