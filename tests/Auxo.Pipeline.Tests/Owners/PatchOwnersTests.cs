using System.Text;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Owners;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Owners;
using Auxo.Pipeline.Queueing;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Owners;

public sealed class PatchOwnersTests
{
    private const string People = """
        alice:
          did: did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S
          channel: alice-mail
        bob:
          did: did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK
          channel: bob-mail
        carol:
          channel: carol-mail
        platform:
          members: [bob]
          channel: platform-chat
        """;

    private static readonly Did Alice = Did.Parse("did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S");

    [Fact]
    public void owners_are_counted_and_the_channels_of_all_others_are_left_alone()
    {
        var owners = Decide("/src/ @alice @platform\n*.md @carol\n", ["src/a", "src/b", "x"]);
        Assert.Equal([new OwnerOfFiles("@alice", 2), new OwnerOfFiles("@platform", 2)], owners.Change.First);
        Assert.Equal((2, 1), (owners.Change.Count, owners.Change.Unowned));
        Assert.Equal(["carol-mail"], owners.OtherChannels);
    }

    [Fact]
    public void who_made_the_patch_is_not_asked_by_a_channel_of_her_own()
        => Assert.Equal(["alice-mail", "carol-mail"], Decide("* @alice @platform\n", ["a"], Alice).OtherChannels);

    [Fact]
    public void of_many_owners_the_first_ten_are_kept_and_all_are_counted()
    {
        var line = "* " + string.Join(' ', Enumerable.Range(0, 500).Select(static i => $"@o{i:000}"));
        var change = Decide(line, ["a"]).Change;
        Assert.Equal((10, 500), (change.First.Count, change.Count));
    }

    [Fact]
    public async Task they_are_read_from_the_canonical_branch_and_never_from_the_patch()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var repository = await GitRepository.CreateAsync();
        var none = await repository.CommitAsync(("README", "1"));
        var canonical = await repository.CommitAsync((".github/CODEOWNERS", "* @alice\n"), (".auxo/people.yaml", People));
        await repository.CommitAsync((".github/CODEOWNERS", "* @mallory\n"), ("x", "1"));
        await using var objects = new GitObjects(repository.Path);
        var read = await PatchOwners.ReadAsync(objects, canonical, Changed, author: null, ct);
        Assert.Equal([new OwnerOfFiles("@alice", 1)], read?.Change.First);
        Assert.Equal(["bob-mail", "carol-mail", "platform-chat"], read?.OtherChannels);
        // Where nobody owns anything, git is not asked what changed.
        Assert.Null(await PatchOwners.ReadAsync(objects, none, static ()
            => throw new InvalidOperationException(), author: null, ct));
        Assert.Null(await PatchOwners.ReadAsync(objects, canonical, static ()
            => Task.FromResult<IReadOnlyList<string>?>(null), author: null, ct));

        static Task<IReadOnlyList<string>?> Changed() => Task.FromResult<IReadOnlyList<string>?>(["x"]);
    }

    [Fact]
    public void a_new_patch_asks_its_owners_and_keeps_them_for_the_verdict()
    {
        var revision = new PatchRevision(
            PatchId.Parse(new string('a', 40)), RevisionId.Parse(new string('a', 40)), Alice, "alice", Trust.Trusted, "Title",
            CommitId.Parse(new string('b', 40)), CommitId.Parse(new string('c', 40)), CommitId.Parse(new string('b', 40)),
                Draft: false);
        var message = new PatchOpened(
            Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5"), "demo", revision, RepositoryLocator.OfFolder("/x"), Now, Now, Now);
        var request = OnPatchOpenedHandler.Request(message.Rid, message.RepositoryName, revision, message.Source, Now);
        var planned = new PlannedBuild(request.BuildId(1), request, 1, PlanOf(), Refusal: null, new OpenBuilds([]),
            Decide("* @platform\n", ["a"]));
        var (queued, messages) = OnPatchOpenedHandler.Handle(message, planned, NoLinks, Now);
        var wanted = Assert.Single(messages.OfType<ReviewWanted>());
        Assert.Equal(("@platform", 1), (wanted.Owners[0].Owner, wanted.OwnerCount));
        Assert.Equal(planned.Owners!.Change, queued?.Build.Owners);
        Assert.Empty(OnPatchOpenedHandler.Handle(message, planned with { Owners = Decide("* @x\n/a\n", ["a"]) }, NoLinks,
            Now).Item2.OfType<ReviewWanted>());
        Assert.Empty(OnPatchOpenedHandler.Handle(message, planned with { Owners = null }, NoLinks,
            Now).Item2.OfType<ReviewWanted>());
        Assert.Empty(OnPatchOpenedHandler.Handle(message, planned: null, NoLinks, Now).Item2);
    }

    private static PatchOwners Decide(string owners, string[] paths, Did? author = null)
        => PatchOwners.Decide(
            OwnersFile.Read("CODEOWNERS", Encoding.UTF8.GetBytes(owners)), PeopleFile.Read(Encoding.UTF8.GetBytes(People)), paths,
                author);
}
