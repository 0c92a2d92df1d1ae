using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Definitions.Including;

namespace Auxo.Pipeline.Local;

/// <summary>What a build of the working tree would do.</summary>
/// <param name="Tree">The working tree.</param>
/// <param name="Facts">What the conditions of steps were asked with.</param>
/// <param name="Plan">What would run, and why not the rest.</param>
internal sealed record LocalPlan(WorkingTree Tree, BuildFacts Facts, Plan Plan)
{
    /// <summary>Makes it, as for a trusted author.</summary>
    public static async Task<LocalPlan> MakeAsync(
        LocalRequest request, IncludeReader includes, string place, string? home, CancellationToken ct)
    {
        var tree = request.Commit is { } commit
            ? await WorkingTree.OfCommitAsync(request.Folder, commit, request.Ref, request.Base, place, ct)
            : await WorkingTree.TakeAsync(request.Folder, request.Base, place, home, ct);
        await using var objects = new GitObjects(tree.Repository);
        var files = await DefinitionFilesReader.ReadAsync(objects, tree.Commit, ct);
        var own = await WorkingTree.RidAsync(tree.Top, ct);
        files = files with { Included = await includes.ReadAsync(files, own, objects, kept: [], ct) };
        var facts = new BuildFacts(request.Event, tree.Branch ?? "", Trust.Trusted, await ChangedAsync(tree, ct))
        {
            Today = LocalRequest.Today,
        };
        var plan = Plan.Decide(facts, approved: true, files, canonical: null);
        return new LocalPlan(tree, facts, request.Steps.Count == 0 ? plan : plan with { Steps = Only(plan, request.Steps) });
    }

    private static async Task<IReadOnlyList<string>?> ChangedAsync(WorkingTree tree, CancellationToken ct)
        => tree.Base is { } from
            && await GitCommand.AskAsync(
                tree.Repository, ct, "diff", "--name-only", "-z", "--no-renames", $"{from}...{tree.Commit}", "--") is { } output
            ? output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            : null;

    /// <summary>The named steps, and what they need.</summary>
    private static List<CommandStep> Only(Plan plan, IReadOnlyList<string> names)
    {
        var byName = plan.Steps.ToDictionary(static step => step.Name, StringComparer.Ordinal);
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(names);
        while (open.TryPop(out var name))
        {
            if (!byName.TryGetValue(name, out var step))
                throw new LocalException($"There is no step '{name}'. There are: {string.Join(", ", byName.Keys)}.");
            if (!wanted.Add(name)) continue;
            foreach (var need in step.Needs ?? []) open.Push(need);
        }

        return [.. plan.Steps.Where(step => wanted.Contains(step.Name))];
    }
}
