using System.Text.Json;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Contracts.Tests;

public sealed class IdentifierTests
{
    private const string Base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const string Hex = "0123456789abcdef";

    [Fact]
    public void a_radicle_id_is_the_text_that_it_was_read_from()
        => Prop.ForAll(Text(Base58, 27, 33, "rad:z"), static text =>
        {
            var rid = Rid.Parse(text);
            Assert.Equal((text, text[4..], true), (rid.ToString(), rid.Bare, rid.IsRadicle));
            Assert.Equal(rid, Rid.Parse(text[4..]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void a_plain_git_id_is_the_text_that_it_was_read_from()
        => Prop.ForAll(Text("abcXYZ09._-", 1, 60, "git:x", "-1a2b3c4d"), static text =>
        {
            var rid = Rid.Parse(text);
            Assert.Equal((text, false), (rid.ToString(), rid.IsRadicle));
            Assert.DoesNotContain('/', rid.Bare);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("/srv/git/demo.git", "git:demo-c5dd9dc6")]
    [InlineData("/srv/git/demo.git/", "git:demo-c5dd9dc6")]
    [InlineData("/home/alice/my project", "git:my-project-cf24a22e")]
    [InlineData("/home/alice/.dotfiles", "git:dotfiles-f8b90a55")]
    [InlineData("/srv/.git", "git:git-a520e111")]
    [InlineData("/srv/…", "git:repository-d910e875")]
    public void a_plain_git_repository_is_called_after_its_folder_and_never_otherwise(string path, string expected)
        => Assert.Equal(expected, Rid.ForPlainGit(path).Value);

    [Fact]
    public void every_path_has_an_id()
        => Prop.ForAll<NonEmptyString>(static path => Assert.False(Rid.ForPlainGit("/" + path.Get).IsRadicle)).QuickCheckThrowOnFailure();

    [Fact]
    public void a_did_and_its_node_id_are_the_same_person()
        => Prop.ForAll(Text(Base58, 44, 44, "z6Mk"), static nid =>
        {
            var did = Did.Parse(nid);
            Assert.Equal((nid, "did:key:" + nid), (did.Nid, did.Value));
            Assert.Equal(did, Did.Parse(did.Value));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void object_ids_are_forty_lower_case_digits()
        => Prop.ForAll(Text(Hex, 40, 40), static text =>
        {
            Assert.Equal(text, CommitId.Parse(text.ToUpperInvariant()).Value);
            Assert.Equal(text[..7], CommitId.Parse(text).Short);
            Assert.Equal(text, PatchId.Parse(text).ToString());
            Assert.Equal(text, RevisionId.Parse(text).ToString());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void no_text_at_all_makes_the_readers_throw_anything_but_a_format_error()
        => Prop.ForAll<string?>(static text =>
        {
            Assert.True(!Rid.TryParse(text, provider: null, out var rid) || rid.Value.Length <= 128);
            Assert.True(!Did.TryParse(text, provider: null, out var did) || did.Value.StartsWith("did:key:z6Mk", StringComparison.Ordinal));
            Assert.True(!CommitId.TryParse(text, provider: null, out var id) || id.Value.Length == 40);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("rad:")]
    [InlineData("rad:z")]
    [InlineData("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5/../..")]
    [InlineData("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5\n")]
    [InlineData("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv0")]
    [InlineData("rad:z3gqcJUoA1n9HaHKufZs5FCSGazvI")]
    [InlineData("RAD:z3gqcJUoA1n9HaHKufZs5FCSGazv5")]
    [InlineData(" rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5")]
    [InlineData("git:-1a2b3c4d")]
    [InlineData("git:.hidden-1a2b3c4d")]
    [InlineData("git:-rf-1a2b3c4d")]
    [InlineData("git:../up-1a2b3c4d")]
    [InlineData("git:a/b-1a2b3c4d")]
    [InlineData("git:name-1a2b3c4")]
    [InlineData("git:name-1a2b3c4g")]
    [InlineData("git:n\0me-1a2b3c4d")]
    public void a_repository_id_that_could_be_anything_else_is_refused(string text)
    {
        Assert.False(Rid.TryParse(text, provider: null, out _));
        Assert.Contains(text, Assert.Throws<FormatException>(() => Rid.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("did:key:")]
    [InlineData("did:key:z6Mk")]
    [InlineData("did:web:z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT")]
    [InlineData("did:key:did:key:z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT")]
    [InlineData("did:key:z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHn/")]
    [InlineData("alice")]
    public void an_alias_or_another_method_is_no_did(string text) => Assert.False(Did.TryParse(text, provider: null, out _));

    [Theory]
    [InlineData("8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4")]
    [InlineData("8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4cc")]
    [InlineData("8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4g")]
    [InlineData("--upload-pack=touch /tmp/x              ")]
    [InlineData("８fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c")]
    public void what_is_not_forty_digits_is_no_object_id(string text) => Assert.False(CommitId.TryParse(text, provider: null, out _));

    [Fact]
    public void forty_zeros_are_no_object() => Assert.True(CommitId.Parse(new string('0', 40)).IsZero);

    [Fact]
    public void an_id_that_was_never_set_cannot_be_used_by_accident()
    {
        Assert.Throws<InvalidOperationException>(() => default(Rid).Value);
        Assert.Throws<InvalidOperationException>(() => default(CommitId).ToString());
        Assert.Throws<InvalidOperationException>(() => JsonSerializer.Serialize(default(Did)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"alice\"")]
    [InlineData("{}")]
    public void json_that_is_no_id_is_refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Did>(json));

    [Fact]
    public void ids_are_plain_strings_in_json_as_values_and_as_names()
    {
        var map = new Dictionary<Rid, CommitId> { [Rid.Parse("git:name-1a2b3c4d")] = CommitId.Parse(new string('a', 40)) };

        var json = JsonSerializer.Serialize(map);

        Assert.Equal($$"""{"git:name-1a2b3c4d":"{{new string('a', 40)}}"}""", json);
        Assert.Equal(map, JsonSerializer.Deserialize<Dictionary<Rid, CommitId>>(json));
    }

    [Theory]
    [InlineData("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5", "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5")]
    [InlineData("file:///srv/git/thing.git", "file:///srv/git/thing.git")]
    [InlineData("/srv/git/thing.git", "file:///srv/git/thing.git")]
    [InlineData("/srv/my code", "file:///srv/my%20code")]
    public void a_locator_is_one_text_and_a_bare_path_is_that_of_its_folder(string text, string expected)
    {
        var locator = JsonSerializer.Deserialize<RepositoryLocator>(JsonSerializer.Serialize(text));
        Assert.Equal(expected, locator.ToString());
        Assert.Equal(locator, RepositoryLocator.Parse(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("srv/git")]
    [InlineData("../thing")]
    [InlineData("file://elsewhere/srv")]
    [InlineData("file://")]
    [InlineData("file:///a%00b")]
    [InlineData("/a\0b")]
    [InlineData("https://example.org/thing.git")]
    [InlineData("z3gqcJUoA1n9HaHKufZs5FCSGazv5")]
    [InlineData("git:name-1a2b3c4d")]
    [InlineData("rad:../../etc")]
    public void what_names_no_repository_of_this_machine_is_no_locator(string text)
        => Assert.False(RepositoryLocator.TryParse(text, provider: null, out _));

    private static Arbitrary<string> Text(string alphabet, int min, int max, string prefix = "", string suffix = "")
        => Gen.Choose(min, max).SelectMany(n => Gen.Elements(alphabet.ToCharArray()).ArrayOf(n))
            .Select(chars => prefix + new string(chars) + suffix).ToArbitrary();
}
