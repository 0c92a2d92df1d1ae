using System.Text;

namespace Auxo.Owners.Tests;

public sealed class PeopleFileTests
{
    private const string Alice = "did:key:z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S";
    private const string Bob = "did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK";

    private const string File = $"""
        # Who is who
        alice:
          did: {Alice}
          email: [alice@example.org, a.l@old.example]
          channel: alice-mail
        "@bob":
          did: {Bob}
        org/platform:
          members: [alice, "@bob", org/more]
        org/more:
          members: [org/platform]
        """;

    [Fact]
    public void people_are_found_by_handle_address_and_key()
    {
        var people = Texts.People(File);
        Assert.Empty(people.Problems);
        var alice = people.Find("@Alice")!;
        Assert.Equal(("alice", Alice, "alice-mail", 2), (alice.Handle, alice.Did?.Value, alice.Channel, alice.Line));
        Assert.Same(alice, people.Find("A.L@old.example"));
        Assert.Same(alice, people.Find(Alice));
        Assert.Null(people.Find("@carol"));
        Assert.Null(people.Find("carol@example.org"));
    }

    [Fact]
    public void a_group_is_its_members_even_when_groups_hold_one_another()
        => Assert.Equal(["alice", "bob"], Texts.People(File).Members("@org/platform").Select(static p => p.Handle));

    [Theory]
    [InlineData("alice: yes", 1, "needs 'did'")]
    [InlineData("alice:\n  did: did:key:zz", 2, "is no DID")]
    [InlineData("alice:\n  email: [a@b.c, nobody]", 2, "no e-mail address")]
    [InlineData("alice:\n  mail: a@b.c", 2, "unknown key 'mail'")]
    [InlineData("team:\n  members: [dave]", 1, "'dave', a member of team")]
    [InlineData("a:\n  email: a@b.c\nA:\n  email: b@b.c", 3, "there twice")]
    [InlineData("a b:\n  email: a@b.c", 1, "no handle")]
    [InlineData("- alice", 1, "must be a mapping")]
    [InlineData("alice", 1, "must be a mapping")]
    [InlineData("a:\n  email: {x: y}", 2, "a text or a list")]
    [InlineData("? [a]\n: b", 1, "a key must be a text")]
    [InlineData("alice: %x", 1, "no YAML")]
    [InlineData("alice:\n  email: a@b.c\n@bob:\n  email: b@b.c", 3, "leave the '@' out")]
    [InlineData("alice:\n  email: *nothing", 2, "a text or a list")]
    public void what_is_not_right_is_told_with_its_line(string text, int line, string told)
    {
        var problem = Texts.People(text).Problems[0];
        Assert.Equal(line, problem.Line);
        Assert.Contains(told, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void nothing_is_nobody()
    {
        Assert.Empty(Texts.People("").Problems);
        Assert.Empty(Texts.People("# later\n").People);
    }

    [Fact]
    public void no_depth_and_no_size_ends_the_program()
    {
        Assert.NotEmpty(Texts.People("a: " + new string('[', 100_000)).Problems);
        Assert.NotEmpty(PeopleFile.Read(new byte[PeopleFile.MostBytes + 1]).Problems);
        Assert.NotEmpty(PeopleFile.Read(Encoding.UTF8.GetBytes("a:\0b")).Problems);
    }
}
