using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Local.Staged;

/// <summary>
/// <c>ci staged</c>, which git's pre-commit hook calls: the checks before a commit, over what is staged, judged by the gate table of the
/// pipeline file as it is staged. What stood in the commit before is known and blocks nothing, as in a build.
/// </summary>
internal sealed class StagedCheck(string place, TextWriter output)
{
    /// <summary>Looks and prints.</summary>
    /// <returns>0 when it may be committed, 1 when not.</returns>
    /// <exception cref="LocalException">There is nothing that could be looked at.</exception>
    public async Task<int> RunAsync(StagedRequest request, IConfiguration configuration, CancellationToken ct)
    {
        // While git is asked a core has nothing to do: the search for secrets takes that time to be made ready.
        var ready = Task.Run(static () => Secrets.Scan("nothing"u8), ct);
        var staged = await StagedTree.TakeAsync(request.Folder, place, configuration, ct);
        await using var objects = new GitObjects(staged.Repository);
        var plan = Plan.Decide(
            new BuildFacts(BuildTrigger.Manual, "", Trust.Trusted, Changed: null) { Today = LocalRequest.Today }, approved: true,
            await DefinitionFilesReader.ReadAsync(objects, staged.Commit, ct), canonical: null);
        await ready;
        IReadOnlyList<CheckResult> results = staged.Changes.After.Count == 0 ? [] : await CheckAsync(staged, objects, plan, ct);
        var answer = new StagedAnswer(
            staged.Top, staged.Changes.After.Count, [.. results.Select(static result => ScanCheck.Of(result.Step))],
            [.. plan.Problems.Select(problem => Broken(problem, staged)), .. results.SelectMany(static result => result.Findings)]);
        await output.WriteAsync(request.Json
            ? JsonSerializer.Serialize(answer, StagedJson.Default.StagedAnswer) + "\n" : StagedWords.Of(answer, request.Colour));
        return answer.Refused ? 1 : 0;
    }

    private async Task<IReadOnlyList<CheckResult>> CheckAsync(StagedTree staged, GitObjects objects, Plan plan, CancellationToken ct)
    {
        var (settings, cache) = (plan.Settings, new VerdictCache());
        var checks = CheckBatch.BeforeCommit.Where(check => !settings.IsOff(check.Name)).ToList();
        var (runs, found) = await LookAsync(staged.Commit, staged.Changes.After);
        IReadOnlyList<Sighting> known = [];
        if (found.Count > 0 && staged.Head is { } head)
        {
            var files = found.Select(static sighting => sighting.Mark.Path).ToHashSet(StringComparer.Ordinal);
            checks.RemoveAll(check => !found.Any(sighting => sighting.Mark.Check == check.Name));
            // A secret is known wherever it stood, everything else in its own file or in one that was renamed.
            var before = found.Any(static sighting => sighting.Mark.IsPortable) ? staged.Changes.Before
                : staged.Changes.Before.Where(path => files.Contains(path) || !staged.Changes.After.Contains(path)).ToHashSet();
            (_, known) = await LookAsync(head, before);
        }

        var marked = AcceptedFindings.Mark(
            Sightings.Marked(runs, settings, Comparison.Of(found, Comparison.Joined([], known))), plan.Accepted ?? [], LocalRequest.Today);
        return [.. marked.Select(run => CheckBatch.Judge(run.Check, run.Report, settings, run.Duration))];

        async Task<(IReadOnlyList<CheckRun>, IReadOnlyList<Sighting>)> LookAsync(CommitId commit, IReadOnlySet<string> judged)
        {
            await using var tree = new SourceTree(
                objects, commit, await GitTree.ListAsync(objects.Repository, commit.Value, ct), place) { Judged = judged };
            var looked = await CheckBatch.LookAsync(tree, settings, checks, cache, TimeProvider.System, ct);
            return (looked, await Sightings.OfAsync(tree, looked, settings, cache, ct));
        }
    }

    /// <summary>A pipeline file that is broken fails every build; it stops the commit that breaks it, and not the others.</summary>
    private static Finding Broken(DefinitionProblem problem, StagedTree staged)
        => new(
            Plan.FileStep, "problem", Severity.High, problem.Path, problem.Line, problem.Message,
            Blocks: staged.Changes.After.Contains(problem.Path), Known: !staged.Changes.After.Contains(problem.Path));
}

/// <summary>What was found in what is staged.</summary>
/// <param name="Folder">The top of the work tree: paths are seen from there.</param>
/// <param name="Files">How many files are staged, without those that are removed.</param>
/// <param name="Checks">What was made, and how it ended.</param>
/// <param name="Findings">All that the gate table lets through; known ones stood in the commit before.</param>
internal sealed record StagedAnswer(string Folder, int Files, IReadOnlyList<ScanCheck> Checks, IReadOnlyList<Finding> Findings)
{
    /// <summary>True when it must not be committed as it is: something blocks, or a check that could block broke.</summary>
    public bool Refused
        => Findings.Any(static finding => finding.Blocks)
            || Checks.Any(static check => check is { Blocks: true, Outcome: Outcome.Errored or Outcome.TimedOut });
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LowerCase<Outcome>), typeof(LowerCase<Severity>)])]
[JsonSerializable(typeof(StagedAnswer))]
internal sealed partial class StagedJson : JsonSerializerContext;
