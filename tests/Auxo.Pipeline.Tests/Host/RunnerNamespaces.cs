using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>Networks of their own for some programs, joined by a bridge: as machines on one wire, each of which can be cut off.</summary>
internal sealed class RunnerNamespaces : IDisposable
{
    private readonly string _bridge;
    private readonly int _net;
    private readonly List<string> _names = [];

    private RunnerNamespaces(int net) => (_net, _bridge) = (net, $"axb{net}");

    /// <summary>The address of the side that all of them reach.</summary>
    public string Address => $"10.213.{_net}.1";

    /// <summary>Makes them; null with a reason where this machine does not let us.</summary>
    public static RunnerNamespaces? Make(int count, out string why)
    {
        var made = new RunnerNamespaces(RandomNumberGenerator.GetInt32(1, 255));
        try
        {
            Ip($"link add {made._bridge} type bridge");
            Ip($"addr add {made.Address}/24 dev {made._bridge}");
            Ip($"link set {made._bridge} up");
            for (var i = 0; i < count; i++) made.Add(i);
            why = "";
            return made;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            made.Dispose();
            why = $"no network namespaces here: {e.Message}";
            return null;
        }
    }

    /// <summary>The words that start a program in one of them.</summary>
    public string[] Into(int i) => ["ip", "netns", "exec", _names[i]];

    /// <summary>Cuts one off, or joins it again.</summary>
    public void Cut(int i, bool off) => Ip($"link set {Outside(i)} {(off ? "down" : "up")}");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var name in _names) Quietly($"netns del {name}");
        Quietly($"link del {_bridge}");
    }

    private string Outside(int i) => string.Create(CultureInfo.InvariantCulture, $"axo{_net}x{i}");

    private void Add(int i)
    {
        var (name, inside) = ($"auxo-test-{_net}-{i}", $"axi{_net}x{i}");
        Ip($"netns add {name}");
        _names.Add(name);
        Ip($"link add {Outside(i)} type veth peer name {inside}");
        Ip($"link set {inside} netns {name}");
        Ip($"link set {Outside(i)} master {_bridge} up");
        Ip($"-n {name} addr add 10.213.{_net}.{i + 2}/24 dev {inside}");
        Ip($"-n {name} link set {inside} up");
        Ip($"-n {name} link set lo up");
    }

    private static void Quietly(string words)
    {
        try
        {
            Ip(words);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It was not made.
        }
    }

    private static void Ip(string words)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", words) { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        if (ip.ExitCode != 0) throw new InvalidOperationException($"ip {words}: {errors.Trim()}");
    }
}
