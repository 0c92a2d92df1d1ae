using System.Diagnostics;
using System.Text.Json.Nodes;

using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>
/// What a kill leaves between bwrap's clone and the byte that its child waits for: a process that nothing else would end.
/// </summary>
internal sealed class HalfMadeSandbox : IDisposable
{
    private readonly int _id;

    private HalfMadeSandbox(int id) => _id = id;

    public bool IsAlive
        => Directory.Exists($"/proc/{_id}") && !File.ReadAllText($"/proc/{_id}/stat").Contains(") Z ", StringComparison.Ordinal);

    /// <summary>Leaves one of a build of the instance in <paramref name="home"/>.</summary>
    public static async Task<HalfMadeSandbox> LeaveAsync(string home)
    {
        var tree = Directory.CreateDirectory(Path.Combine(home, "run", "workspaces", Guid.NewGuid().ToString("N"), "tree")).FullName;
        var fifo = Path.Combine(home, "never");
        var start = new ProcessStartInfo("bash", ["-c", """
            mkfifo "$2" && exec 4<>"$2" 3>&1 1>/dev/null
            exec bwrap --unshare-user --unshare-pid --die-with-parent --info-fd 3 --userns-block-fd 4 --ro-bind / / --bind "$1" /mnt -- true
            """, "bash", tree, fifo])
        {
            RedirectStandardOutput = true, UseShellExecute = false,
        };
        using var outer = Process.Start(start)!;
        // It names its child once the clone is done, and then waits.
        var text = "";
        while (!text.Contains('}') && await outer.StandardOutput.ReadLineAsync() is { } line) text += line;
        var left = new HalfMadeSandbox((int)JsonNode.Parse(text)!["child-pid"]!);
        outer.Kill();
        await outer.WaitForExitAsync();
        File.Delete(fifo);
        return left;
    }

    public Task GoneAsync() => Eventually.TrueAsync(() => Task.FromResult(!IsAlive), "the half-made sandbox is ended");

    public void Dispose()
    {
        if (!IsAlive) return;
        using var left = Process.GetProcessById(_id);
        left.Kill();
    }
}
