namespace Auxo.Contracts.Tests;

public sealed class BuildIdTests
{
    private static readonly Rid Repository = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");
    private static readonly CommitId Commit = CommitId.Parse("8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c");

    /// <summary>Computed with Python's uuid.uuid5. They stand in people's databases and comments: they never change.</summary>
    [Theory]
    [InlineData(BuildTrigger.Patch, "1a2b3c4d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4", 1, "f289a4b4-fef2-54df-aba4-0fda87792520")]
    [InlineData(BuildTrigger.Branch, "main", 1, "7f578781-2e63-5eb5-ab99-c720c7571eed")]
    [InlineData(BuildTrigger.Manual, "main", 2, "63998970-ff69-5f2a-88ba-846344ad3d29")]
    public void the_same_fact_names_the_same_build_for_ever(BuildTrigger trigger, string subject, int attempt, string expected)
        => Assert.Equal(Guid.Parse(expected), BuildId.For(Repository, Commit, trigger, subject, attempt));

    [Fact]
    public void whatever_differs_makes_another_build()
    {
        Guid[] ids =
        [
            BuildId.For(Repository, Commit, BuildTrigger.Branch, "main", 1),
            BuildId.For(Rid.Parse("git:heartwood-1a2b3c4d"), Commit, BuildTrigger.Branch, "main", 1),
            BuildId.For(Repository, CommitId.Parse(new string('a', 40)), BuildTrigger.Branch, "main", 1),
            BuildId.For(Repository, Commit, BuildTrigger.Tag, "main", 1),
            BuildId.For(Repository, Commit, BuildTrigger.Branch, "next", 1),
            BuildId.For(Repository, Commit, BuildTrigger.Branch, "main", 2),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, static id => Assert.Equal((5, 8), (id.Version, id.Variant & 0xC)));
    }

    [Fact]
    public void the_short_form_is_how_the_long_one_begins()
    {
        var id = BuildId.For(Repository, Commit, BuildTrigger.Branch, "main", 1);

        Assert.Equal("7f57878", BuildId.Short(id));
        Assert.StartsWith(BuildId.Short(id), id.ToString(), StringComparison.Ordinal);
    }
}
