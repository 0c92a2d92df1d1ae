using Auxo.Contracts;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Running.Steps;
using Auxo.Pipeline.Tests.Builds;

using FsCheck;
using Outcome = Auxo.Contracts.Outcome;
using FsCheck.Fluent;

namespace Auxo.Pipeline.Tests.Running;

/// <summary>Which steps run when, without a host.</summary>
public sealed class StepProgressTests
{
    [Theory]
    [InlineData("a b c", "", "a; b; c")]
    [InlineData("a b: c: d:a,b", "", "a b c; d")]
    [InlineData("short: long:  then:long last:then", "", "long short; then; last")]
    [InlineData("b: a: c:a", "a", "a b; -c (not run, since a did not pass)")]
    [InlineData("a b:a c:b d:", "a", "a d; -b (not run, since a did not pass) -c (not run, since a did not pass)")]
    [InlineData("a! b:a", "a", "a; b")]
    [InlineData("a ?b:a", "a", "a; b")]
    [InlineData("a ?b:a c:b", "", "a; -b (not run, since nothing that it needs failed) c")]
    [InlineData("a b:a ?tell:b", "a", "a; -b (not run, since a did not pass) tell")]
    [InlineData("a b:a *clean:b", "a", "a; -b (not run, since a did not pass) clean")]
    [InlineData("#a b:a", "", "-a (elsewhere) b")]
    public void steps_run_when_the_last_of_their_needs_has_ended(string file, string failing, string story)
        => Assert.Equal(story, Play(Steps(file), failing.Split(' '), at: 9));

    [Fact]
    public void no_more_steps_than_allowed_run_at_once() => Assert.Equal("a b; c d; e", Play(Steps("a: b: c: d: e:"), [], at: 2));

    [Fact]
    public void plans_of_earlier_versions_run_one_step_after_the_other()
        => Assert.Equal("a; b; c", Play([.. Steps("a b c").Select(static step => step with { Needs = null })], [], at: 9));

    [Fact]
    public void what_has_a_result_is_not_begun_again_after_a_crash()
    {
        var build = SampleBuilds.Queued(Plan(Steps("a b: c:a d:b"))) with
        {
            Results = [new StepResult("a", "command", Outcome.Failed, Blocks: true, TimeSpan.Zero, 1, "")],
        };
        var progress = StepProgress.Of(build);
        Assert.Equal(["c"], progress.NotRun().Select(static never => never.Step.Name));
        Assert.Equal(["b"], progress.Begin(9).Select(static step => step.Name));
    }

    [Fact]
    public void whatever_the_graph_every_step_runs_or_is_said_not_to_and_none_before_its_needs()
        => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), static seed =>
        {
            var random = new Random(seed);
            var steps = Enumerable.Range(0, random.Next(1, 12)).Select(i => Step($"s{i}") with
            {
                Needs = [.. Enumerable.Range(0, i).Where(_ => random.Next(3) == 0).Select(static n => $"s{n}")],
                When = (NeedsOutcome)random.Next(3), IgnoresFailure = random.Next(4) == 0,
                LeftOut = random.Next(6) == 0 ? "elsewhere" : null,
            }).ToList();
            var progress = StepProgress.Of(SampleBuilds.Queued(Plan(steps)));
            var (ended, working) = (new HashSet<string>(), new List<CommandStep>());
            do
            {
                foreach (var (never, _) in progress.NotRun()) Assert.True(ended.Add(never.Name));
                working.AddRange(progress.Begin(random.Next(1, 4)));
                Assert.All(working, step => Assert.Subset(ended, step.Needs!.ToHashSet()));
                if (working.Count == 0) break;
                var step = working[random.Next(working.Count)];
                working.Remove(step);
                Assert.True(ended.Add(step.Name));
                progress.End(step, random.Next(3) == 0 ? Outcome.Failed : Outcome.Passed, !step.IgnoresFailure);
            }
            while (true);
            return ended.Count == steps.Count;
        }).QuickCheckThrowOnFailure();

    /// <summary>Each round of beginnings, with what is said never to run before it.</summary>
    private static string Play(IReadOnlyList<CommandStep> steps, string[] failing, int at)
    {
        var progress = StepProgress.Of(SampleBuilds.Queued(Plan(steps)));
        var rounds = new List<string>();
        while (true)
        {
            var never = progress.NotRun().Select(static step => $"-{step.Step.Name} ({step.Why})").ToList();
            var begun = progress.Begin(at);
            if (never.Count + begun.Count > 0) rounds.Add(string.Join(' ', [.. never, .. begun.Select(static step => step.Name)]));
            if (begun.Count == 0) return string.Join("; ", rounds);
            foreach (var step in begun)
                progress.End(step, failing.Contains(step.Name) ? Outcome.Failed : Outcome.Passed, !step.IgnoresFailure);
        }
    }

    /// <summary>
    /// <c>name</c> needs the one before, <c>name:a,b</c> these; <c>!</c> ignores its failure, <c>?</c> waits for one, <c>*</c> runs
    /// however its needs end, <c>#</c> is left out.
    /// </summary>
    private static List<CommandStep> Steps(string file)
    {
        var steps = new List<CommandStep>();
        foreach (var word in file.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = word.Trim('?', '*', '#', '!').Split(':');
            steps.Add(Step(parts[0].Trim('!')) with
            {
                Needs = parts.Length > 1 ? parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries)
                    : steps.Count == 0 ? [] : [steps[^1].Name],
                When = word[0] switch { '?' => NeedsOutcome.Failed, '*' => NeedsOutcome.Any, _ => NeedsOutcome.Passed },
                IgnoresFailure = word.Contains('!'), LeftOut = word[0] == '#' ? "elsewhere" : null,
            });
        }

        return steps;
    }

    private static CommandStep Step(string name)
        => new(name, ["true"], null, new Dictionary<string, string>(), TimeSpan.FromMinutes(1), null, []);

    private static Plan Plan(IReadOnlyList<CommandStep> steps) => SampleBuilds.PlanOf() with { Steps = steps };
}
