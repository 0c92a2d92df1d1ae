using Auxo.Contracts;
using Auxo.Torture.Load;

namespace Auxo.Torture.Audit;

/// <summary>Nothing buried, nothing held, nothing running that nobody needs, nothing left on the disk.</summary>
internal static class LeftoverAudit
{
    private static readonly string[] Leased = ["pipeline.builds", "notify.channel_lanes", "registry.publications", "ingest.comment_outbox"];

    /// <summary>Audits.</summary>
    public static async Task RunAsync(World world, InstanceDatabase database, Findings findings)
    {
        foreach (var letter in await database.TextsAsync(
            "select message_type || ' ' || id || ' (' || exception_type || ': ' || left(exception_message, 300) || ')' from ("
                + string.Join(" union all ", KnownServices.Names.Select(
                    static s => $"select * from {s}.wolverine_dead_letters")) + ") letters"))
            findings.Wrong("dead letter", letter);
        foreach (var table in Leased)
        {
            // What waits for a node is leased for a moment every now and then.
            if (table != "ingest.comment_outbox"
                && await database.CountAsync($"select count(*) from {table} where leased_until > now()") is > 0 and var held)
                findings.Wrong(table, $"{held} rows are leased, and nobody works on them");
        }

        if (Temporary(world) is { Count: > 0 } left) findings.Wrong("pipeline", $"files of builds left: {string.Join(", ", left)}");
        string[] ours = ["postgres", "Auxo.AppHost", "Auxo.Console", .. KnownServices.Names.Select(
            static s => "Auxo." + char.ToUpperInvariant(s[0]) + s[1..])];
        foreach (var (pid, command) in world.Auxo.Processes()
            .Where(p => !ours.Any(name => p.Value.Contains(name, StringComparison.Ordinal)) && !IsReady(world, p.Value)))
            findings.Wrong(
                command.StartsWith("bwrap ", StringComparison.Ordinal) ? "a half-made sandbox that no start has ended" : "processes",
                $"{pid} is left: {command}");
        foreach (var zombie in Zombies(world.Auxo.AppHostPid)) findings.Wrong(
            "processes", $"the AppHost has not buried its child {zombie}");
    }

    /// <summary>What builds have on the disk while they run: workspaces, and what checks write for their programs.</summary>
    public static IReadOnlyList<string> Temporary(World world)
        => [.. from folder in (string[])["workspaces", "checks"]
               let path = Path.Combine(world.Auxo.Home, "run", folder)
               where Directory.Exists(path)
               from entry in Directory.EnumerateFileSystemEntries(path)
               select $"{folder}/{Path.GetFileName(entry)}"];

    /// <summary>The sandbox that waits over the empty workspace that is there now; one over a folder that is gone is a leftover.</summary>
    private static bool IsReady(World world, string command)
        => Directory.EnumerateDirectories(Path.Combine(world.Auxo.Home, "run", "spares"), "aside-*")
            .Any(folder => command.Contains(folder, StringComparison.Ordinal));

    /// <summary>Dead children of a process that it has not waited for (Linux).</summary>
    private static List<int> Zombies(int parent)
    {
        var zombies = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid)) continue;
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (fields[0] == "Z" && fields[1] == $"{parent}") zombies.Add(pid);
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return zombies;
    }
}
