using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Linking;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches;

/// <summary><c>auxo patch link A B</c></summary>
internal static class LinkPatches
{
    /// <summary>How many patches are looked at for a circle.</summary>
    private const int Most = 200;

    public static Command Create(CliHost host)
    {
        var first = new Argument<string>("patch") { Description = "The patch that waits: digits of its id, or rad:z…/patches/ID" };
        var second = new Argument<string>("needed")
        {
            Description = "The patch that must be merged before it, of this or another repository",
        };
        var yes = Confirmation.Option();
        return new Command("link", "Let a patch wait for another one: it is not merged before that") { first, second, yes }
            .Does(host, async (parsed, session, ct) =>
            {
                await using var copy = await RadicleCopy.OpenAsync(session, ct);
                return await RunAsync(
                    session, copy, Parse(parsed.GetRequiredValue(first)), Parse(parsed.GetRequiredValue(second)), parsed.GetValue(yes), ct);
            });
    }

    private static async Task<int> RunAsync(
        Session session, RadicleCopy copy, PatchReference waiting, PatchReference needed, bool yes, CancellationToken ct)
    {
        await using var linked = new LinkedPatches(session, copy.Home);
        var (a, b) = (await FindAsync(linked, waiting, copy.Rid, ct), await FindAsync(linked, needed, copy.Rid, ct));
        var rid = Rid.Parse(a.Rid);
        var storage = await linked.OpenAsync(rid, ct)
            ?? throw new CliException(
                ExitCode.Negative, $"Your storage does not have {rid}, so its patches cannot be edited.", $"rad seed {rid}");
        var patch = (await storage.ReadPatchAsync(PatchId.Parse(a.PatchId!), ct))!;
        if (patch.Author != copy.Own && !(await storage.ReadIdentityAsync(ct)).Document.IsDelegate(copy.Own))
            throw new CliException(
                ExitCode.Negative, $"Patch {a.PatchId![..7]} is somebody else's: only its author or a delegate may write into it.");
        if (await NeedsAsync(linked, a, b, direct: true, ct)) throw new CliException(
            ExitCode.Negative, $"Patch {a.PatchId![..7]} waits for {b.PatchId![..7]} already.");
        if (a.PatchId == b.PatchId || await NeedsAsync(linked, b, a, direct: false, ct)) throw new CliException(
            ExitCode.Negative, $"Patch {b.PatchId![..7]} waits for {a.PatchId![..7]}: neither could be merged.");

        var terminal = session.Terminal;
        terminal.Say($"Patch {a.PatchId![..7]} ({Terminal.Safe(a.Title)}) is not to be merged before {Terminal.Safe(b.Words)}.");
        await Confirmation.AskAsync(session, "Write that into its description", yes);
        var description = DependsOn.Add(patch.Revisions[0].Description, Rid.Parse(b.Rid), PatchId.Parse(b.PatchId!));
        (await copy.Programs.RadAsync(
            copy.Work.Top, "patch", "edit", a.PatchId!, "--repo", rid.Value, "--message=" + patch.Title, "--message=" + description,
            "--no-announce")).Must();
        if (!await NeedsAsync(linked, await FindAsync(linked, waiting, copy.Rid, ct), b, direct: true, ct))
            throw new CliException(
                ExitCode.Negative, "rad said that it wrote, but the description is as it was.",
                "Another program may have written at the same moment. Try again.");
        var warning = await Announcement.TryAsync(copy, rid, terminal.Time, ct);
        if (terminal.Json) terminal.WriteJson(new { rid, patchId = a.PatchId, needs = new { b.Rid, b.PatchId }, description, warning });
        else
        {
            terminal.Line($"[green]✓[/] Patch {a.PatchId![..7]} waits for {b.PatchId![..7]}.");
            if (warning is not null) terminal.Line($"[yellow]![/] {Terminal.Safe(warning)}");
        }

        return ExitCode.Ok;
    }

    private static PatchReference Parse(string text) => PatchReference.Parse(text) ?? throw new CliException(
        ExitCode.Usage, $"'{text}' is no patch.", "Give digits of its id, or rad:z…/patches/ID for one of another repository.");

    private static async Task<LinkedPatch> FindAsync(LinkedPatches linked, PatchReference reference, Rid own, CancellationToken ct)
    {
        var found = await linked.FindAsync(reference, own, ct);
        return found.PatchId is not null ? found : throw new CliException(ExitCode.Negative, found.Words);
    }

    /// <summary>True when the one names the other, or, not only directly, a patch that does.</summary>
    private static async Task<bool> NeedsAsync(LinkedPatches linked, LinkedPatch from, LinkedPatch to, bool direct, CancellationToken ct)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var next = new Queue<LinkedPatch>([from]);
        while (seen.Count < Most && next.TryDequeue(out var patch))
        {
            foreach (var reference in patch.Needs?.Patches ?? [])
            {
                var found = await linked.FindAsync(reference, Rid.Parse(patch.Rid), ct);
                if (found.PatchId is not { } id) continue;
                if (id == to.PatchId && found.Rid == to.Rid) return true;
                if (!direct && seen.Add($"{found.Rid} {id}")) next.Enqueue(found);
            }
        }

        return false;
    }
}
