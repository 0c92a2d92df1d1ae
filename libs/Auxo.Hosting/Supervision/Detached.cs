using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;

using Auxo.Instances;

using Microsoft.Extensions.Configuration;

namespace Auxo.Hosting.Supervision;

/// <summary>An AppHost in the background: starting it, asking it, stopping it.</summary>
internal static class Detached
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Starts this program in a session of its own and returns when all resources are healthy. Running already is no error; what
    /// that start does not know is said.
    /// </summary>
    public static async Task<int> UpAsync(
        InstanceLayout layout, IReadOnlyDictionary<string, string> settings, bool dashboard, TimeSpan limit)
    {
        if (InstanceFolder.LockHolder(layout) is null)
        {
            layout.Make();
            var log = layout.LogFile("apphost");
            PrivateFiles.Write(log, "");
            using var server = Background(log, dashboard ? ["--dashboard"] : []);
            var began = TimeProvider.System.GetTimestamp();
            while (!await IsHealthyAsync(layout, server.Id))
            {
                if (server.HasExited) throw new HostingException(
                    (await File.ReadAllTextAsync(log)).Trim().Replace("auxo: ", "", StringComparison.Ordinal));
                if (TimeProvider.System.GetElapsedTime(began) > limit)
                    throw new HostingException(
                        $"Auxo did not become healthy in {limit.TotalSeconds:0} s. Its logs are in {layout.Logs}.");
                await Task.Delay(Poll, TimeProvider.System, CancellationToken.None);
            }
        }

        var code = await StatusAsync(layout);
        if (InstanceFile.Read(layout) is { } running && NotTakenOver(running, settings, BuiltAt(running)) is { } words)
            Console.WriteLine($"\n{words}");
        if (dashboard) Console.WriteLine($"\nThe dashboard: {StandaloneDashboard.LoginUrl(
            layout, new ConfigurationBuilder().AddEnvironmentVariables().Build())}");
        return code;
    }

    /// <summary>Asks the running AppHost to end and waits until it has.</summary>
    public static async Task<int> DownAsync(InstanceLayout layout)
    {
        if (InstanceFolder.LockHolder(layout) is not { } pid)
        {
            Console.WriteLine($"Auxo does not run on {layout.Home}.");
            return 0;
        }

        _ = Posix.Kill(pid, 15);
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            while (InstanceFolder.LockHolder(layout) is not null) await Task.Delay(Poll, TimeProvider.System, limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new HostingException(
                $"Auxo (process {pid}) did not end in {StopLimit.TotalSeconds:0} s. The next start cleans up after: kill -9 {pid}");
        }

        Console.WriteLine("Auxo is stopped.");
        return 0;
    }

    /// <summary>Prints the table of what runs.</summary>
    /// <returns>0 when all is healthy, 1 when something is not, 3 when nothing runs.</returns>
    public static async Task<int> StatusAsync(InstanceLayout layout)
    {
        if (InstanceFile.Read(layout) is not { } instance)
        {
            Console.WriteLine($"Auxo does not run on {layout.Home}. './auxo up' starts it.");
            return 3;
        }

        if (instance.Dashboard is { } dashboard)
        {
            Console.WriteLine($"Auxo runs under Aspire, as process {instance.Pid}. Its dashboard shows everything: {dashboard}");
            return 0;
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await File.ReadAllTextAsync(instance.TokenFile)).Trim());
        try
        {
            var resources = await http.GetFromJsonAsync(
                new Uri(instance.Endpoints["apphost"] + "/resources"), HostingJson.Default.ResourceList);
            ForegroundOutput.Table(Console.Out, resources!.Items, instance.Endpoints["apphost"]);
            return resources.Items.All(static r => r.IsWell) ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            throw new HostingException(
                $"The AppHost (process {instance.Pid}) does not answer on {instance.Endpoints["apphost"]}: {e.Message}");
        }
    }

    /// <summary>What a running instance does not know of, since it was started before; null when there is nothing.</summary>
    internal static string? NotTakenOver(InstanceFile running, IReadOnlyDictionary<string, string> settings, DateTimeOffset builtAt)
    {
        var differing = StartSettings.Differing(running.Settings, settings);
        string[] news =
        [
            .. differing.Count > 0 ? [$"other settings ({string.Join(", ", differing)})"] : Array.Empty<string>(),
            .. builtAt > running.StartedAt ? ["an earlier build"] : Array.Empty<string>(),
        ];
        return news.Length == 0 ? null
            : $"It runs since {running.StartedAt.ToLocalTime():yyyy-MM-dd HH:mm} with {string.Join(" and ", news)}. "
                + "To take over what is there now: ./auxo down, then ./auxo up";
    }

    /// <summary>When the newest of the programs that run was built.</summary>
    private static DateTimeOffset BuiltAt(InstanceFile running)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var programs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../.."));
        return running.Endpoints.Keys
            .Select(static name => name == "apphost" ? "Auxo.AppHost" : $"Auxo.{char.ToUpperInvariant(name[0])}{name[1..]}")
            .Select(name => Path.Combine(programs, name, configuration, name + ".dll"))
            .Where(File.Exists).Select(static file => new DateTimeOffset(File.GetLastWriteTimeUtc(file), TimeSpan.Zero))
            .DefaultIfEmpty(DateTimeOffset.MinValue).Max();
    }

    private static async Task<bool> IsHealthyAsync(InstanceLayout layout, int pid)
    {
        if (InstanceFile.Read(layout) is not { } instance || instance.Pid != pid) return false;
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            return (await http.GetAsync(new Uri(instance.Endpoints["apphost"] + "/health"))).IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>Its output goes to a file that the shell opens, because a pipe would break when this process ends.</summary>
    private static Process Background(string log, string[] options)
    {
        string[] session = OperatingSystem.IsLinux() ? ["setsid"] : ["nohup"];
        return Process.Start(new ProcessStartInfo("/bin/sh",
        [
            "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log,
            .. session, Environment.ProcessPath!, "--serve", .. options,
        ]))
            ?? throw new HostingException("The AppHost could not be started.");
    }
}
