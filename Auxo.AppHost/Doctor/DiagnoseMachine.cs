using System.Collections;
using System.Net;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.Postgres;
using Auxo.ServiceDefaults.Doctor;

namespace Auxo.AppHost.Doctor;

/// <summary>
/// <c>Auxo.AppHost diagnose</c>: the folder, the ports, PostgreSQL, and the machine below. It takes no lock and makes nothing,
/// so it may look while Auxo runs.
/// </summary>
internal static class DiagnoseMachine
{
    public static async Task<IReadOnlyList<Diagnosis>> LookAsync(CancellationToken ct)
    {
        var environment = Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>().ToDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? "", StringComparer.Ordinal);
        var layout = InstanceLayout.Locate(environment.GetValueOrDefault);
        var holder = InstanceFolder.LockHolder(layout);
        return
        [
            Folder(layout.Home, holder), .. Privacy(layout), .. Ports(environment, holder),
            await PostgresAsync(environment, ct), .. Machine.Disk(layout, environment), .. Machine.Memory(), .. User(),
            await Machine.ClockAsync(ct), .. Machine.Sleep(),
        ];
    }

    private static Diagnosis Folder(string home, int? holder)
    {
        if (holder is { } pid) return new Diagnosis("folder", Health.Fine, $"{home}; Auxo runs on it as process {pid}");
        if (!Directory.Exists(home)) return new Diagnosis("folder", Health.Fine, $"{home}; './auxo up' makes it");
        try
        {
            var probe = Path.Combine(home, $".doctor-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return new Diagnosis("folder", Health.Fine, $"{home}; Auxo does not run on it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Diagnosis("folder", Health.Trouble, $"{home} cannot be written: {e.Message}",
                "be the user whose folder it is, or set AUXO_HOME to a folder of yours");
        }
    }

    /// <summary>What other users of this machine can read: followed from the top folder, as they would go.</summary>
    private static IEnumerable<Diagnosis> Privacy(InstanceLayout layout)
    {
        if (!Directory.Exists(layout.Home)) yield break;
        List<string> open;
        try
        {
            open = [.. layout.ReadableByOthers()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else's folder, of which the line above says that it cannot be written.
            yield break;
        }

        if (open.Count == 0)
        {
            yield return new Diagnosis("privacy", Health.Fine, "no other user of this machine can read anything of the instance");
            yield break;
        }

        var what = open.Count == 1 ? "1 file or folder" : $"{open.Count} files and folders";
        var shown = string.Join(", ", open.Take(3)) + (open.Count > 3 ? " …" : "");
        var secrets = open.Intersect([layout.Description, .. layout.Tokens], StringComparer.Ordinal).Any();
        yield return new Diagnosis("privacy", Health.Trouble, $"{what} of the instance can be read by other users: {shown}",
            $"chmod -R go-rw {layout.Home}" + (secrets ? "; then make new tokens, since one was readable: auxo token rotate" : ""));
    }

    private static IEnumerable<Diagnosis> Ports(Dictionary<string, string> environment, int? holder)
    {
        if (holder is not null)
        {
            yield return new Diagnosis("ports", Health.Fine, "in use by this Auxo; 'auxo status' shows which");
            yield break;
        }

        var address = IPAddress.TryParse(environment.GetValueOrDefault("Auxo__Bind"), out var bind) ? bind : IPAddress.Loopback;
        var ports = KnownServices.Names.Append("console").Append("apphost").Select(name
            => (Name: name, Port: int.TryParse(environment.GetValueOrDefault(Instances.Ports.Setting(name)), out var own)
                ? own
                : KnownServices.UsualPort(name) ?? (name == "console" ? KnownServices.ConsolePort : 15000))).ToList();
        var taken = ports.Select(p => (p.Name, Why: Instances.Ports.Taken(address, p.Port, p.Name)))
            .Where(static p => p.Why is not null).ToList();
        foreach (var (name, why) in taken) yield return new Diagnosis(
            $"port {name}", Health.Trouble, why!.Split(". ")[0], why[(why.IndexOf(". ", StringComparison.Ordinal) + 2)..]);
        if (taken.Count == 0) yield return new Diagnosis(
            "ports", Health.Fine, "free: " + string.Join(", ", ports.Select(static p => $"{p.Port} {p.Name}")));
    }

    private static async Task<Diagnosis> PostgresAsync(Dictionary<string, string> environment, CancellationToken ct)
    {
        if (environment.GetValueOrDefault("ConnectionStrings__auxo") is { Length: > 0 }) return new Diagnosis(
            "postgresql", Health.Fine, "one of your own (ConnectionStrings__auxo)");
        return PostgresBinaries.Find() is { } folder
            ? new Diagnosis("postgresql", Health.Fine,
                $"{await Diagnose.FirstLineAsync(Path.Combine(folder, "postgres"), ["--version"], ct) ?? "installed"} in {folder}")
            : new Diagnosis("postgresql", Health.Trouble, "not installed, and ConnectionStrings__auxo names none",
                "'./auxo up' installs it; by hand: sudo apt install postgresql");
    }

    private static IEnumerable<Diagnosis> User()
    {
        if (Environment.IsPrivilegedProcess) yield return new Diagnosis(
            "user", Health.Warning, "root: PostgreSQL and every step drop to an unprivileged user, the services do not",
            "better run ./auxo as the user who owns the Radicle node");
    }
}
