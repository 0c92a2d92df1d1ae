using System.Globalization;

namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>Users, groups and hosts as a step knows them: its own account, those that any system has, and its own host name.</summary>
internal static class StepNames
{
    /// <summary>The name of the step's account, of its group and of its host.</summary>
    public const string Step = "step";

    /// <summary>Files of <c>/etc</c> and their text.</summary>
    public static IEnumerable<(string Name, string Text)> Files(StepUser user)
    {
        // The step's own lines come before those that may have the same number.
        yield return ("passwd", string.Create(CultureInfo.InvariantCulture, $"""
            root:x:0:0:root:/root:/bin/bash
            daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
            bin:x:2:2:bin:/bin:/usr/sbin/nologin
            sys:x:3:3:sys:/dev:/usr/sbin/nologin
            {Step}:x:{user.Uid}:{user.Gid}:{Step}:{BubblewrapArguments.Home}:/bin/bash
            nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

            """));
        yield return ("group", string.Create(CultureInfo.InvariantCulture, $"""
            root:x:0:
            daemon:x:1:
            bin:x:2:
            sys:x:3:
            tty:x:5:
            {Step}:x:{user.Gid}:
            nogroup:x:65534:

            """));
        yield return ("nsswitch.conf", NameSwitch("files"));
        // A host without IPv6 has none in a step either, and a program would try it first.
        var six = File.Exists("/proc/net/if_inet6") ? "::1 localhost ip6-localhost ip6-loopback\n" : "";
        yield return ("hosts", $"127.0.0.1 localhost\n127.0.0.1 {Step}\n{six}");
        yield return ("hostname", Step + "\n");
        yield return ("resolv.conf", "# A step has no network but its own loopback.\n");
    }

    /// <summary>Where names are looked up.</summary>
    /// <param name="hosts">For names of hosts.</param>
    public static string NameSwitch(string hosts) => $"""
        passwd: files
        group: files
        shadow: files
        hosts: {hosts}
        networks: files
        protocols: files
        services: files
        ethers: files
        rpc: files

        """;
}
