using System.Diagnostics;
using System.Net.Sockets;

namespace Auxo.Cli.Tests;

/// <summary>Something that lies where a file is expected.</summary>
internal static class NoFile
{
    /// <summary>Whoever opens a pipe waits for a writer; a test that does fails instead.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static void Make(string path, string kind)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        switch (kind)
        {
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "socket":
                // .NET removes the file with the socket, unless it has another name by then.
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    socket.Bind(new UnixDomainSocketEndPoint(path + ".s"));
                    File.Move(path + ".s", path);
                }

                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            default:
                Process.Start("mkfifo", [path]).WaitForExit();
                break;
        }
    }
}
