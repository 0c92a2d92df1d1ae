using System.Security.Cryptography;

using Auxo.Contracts;
using Auxo.ServiceDefaults.Access.Builds;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.ServiceDefaults.Tests.Access;

/// <summary>What is a token of a build, and what only looks like one.</summary>
public sealed class BuildTokenTests
{
    private static readonly byte[] Key = SHA256.HashData("a key"u8);
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<BuildToken> Tokens =
        from build in ArbMap.Default.GeneratorFor<Guid>()
        from repository in Gen.Elements("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5", "rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji")
        from seconds in Gen.Choose(1, 400_000)
        from writes in Gen.SubListOf("npm", "oci", "pypi-internal", "a.b_c")
        select new BuildToken(build, Rid.Parse(repository), Trust.Trusted, Now.AddSeconds(seconds), [.. writes]);

    [Fact]
    public void one_says_what_was_signed_until_it_is_over_and_may_read_everything_and_write_what_it_names()
        => Prop.ForAll(Tokens.ToArbitrary(), static token =>
        {
            var text = token.Sign(Key);
            var read = BuildToken.Verify(text, Key, Now);
            Assert.Equal(
                (token.Build, token.Repository, token.ExpiresAt, string.Join(' ', token.Writes)),
                (read!.Build, read.Repository, read.ExpiresAt, string.Join(' ', read.Writes)));
            Assert.NotNull(BuildToken.Verify(text, Key, token.ExpiresAt.AddTicks(-1)));
            Assert.Null(BuildToken.Verify(text, Key, token.ExpiresAt));
            var access = read.ToAccess();
            Assert.Equal($"build {token.Build}", access.Name);
            Assert.Equal(["registry:read", .. token.Writes.Select(static name => "registry:write:" + name)], access.Scopes);
            // As the password of an address, in a header and in a variable, without any escaping.
            Assert.All(text, static c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.', $"{c}"));
            Assert.InRange(text.Length, 1, 700);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void every_other_key_refuses_it()
        => Prop.ForAll(Tokens.ToArbitrary(), ArbMap.Default.ArbFor<NonEmptyArray<byte>>(), static (token, key)
            => key.Get.SequenceEqual(Key) || BuildToken.Verify(token.Sign(Key), key.Get, Now) is null).QuickCheckThrowOnFailure();

    [Fact]
    public void what_was_cut_made_longer_or_changed_in_one_place_is_none()
        => Prop.ForAll(
            (from token in Tokens
             from at in Gen.Choose(0, 10_000)
             from letter in Gen.Elements("abzAZ019-_.|,\0é ".ToCharArray())
             select (token, at, letter)).ToArbitrary(),
            static change =>
            {
                var text = change.token.Sign(Key);
                var at = change.at % text.Length;
                Assert.Null(BuildToken.Verify(text[..at], Key, Now));
                Assert.Null(BuildToken.Verify(text[at..] is var end && end == text ? "" : end, Key, Now));
                Assert.Null(BuildToken.Verify(text.Insert(at, change.letter.ToString()), Key, Now));
                Assert.Null(BuildToken.Verify(text + change.letter, Key, Now));
                if (text[at] != change.letter)
                    Assert.Null(BuildToken.Verify($"{text[..at]}{change.letter}{text[(at + 1)..]}", Key, Now));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void what_one_says_does_not_go_with_the_signature_of_another()
    {
        var (poor, rich) = (Token(["npm"]).Sign(Key), Token(["npm", "oci"]).Sign(Key));
        Assert.Null(BuildToken.Verify(poor[..(poor.LastIndexOf('.') + 1)] + rich[(rich.LastIndexOf('.') + 1)..], Key, Now));
        Assert.Null(BuildToken.Verify(rich[..(rich.LastIndexOf('.') + 1)] + poor[(poor.LastIndexOf('.') + 1)..], Key, Now));
    }

    [Fact]
    public void that_of_a_strangers_build_is_worth_nothing_even_when_it_is_signed()
        => Assert.Null(BuildToken.Verify((Token([]) with { Trust = Trust.Stranger }).Sign(Key), Key, Now));

    [Theory]
    [InlineData("")]
    [InlineData("auxo_build_")]
    [InlineData("auxo_build_.")]
    [InlineData("auxo_build_..")]
    [InlineData("auxo_build_MXw.AAAA")]
    [InlineData("Auxo_build_MXw.AAAA")]
    [InlineData("auxo_token")]
    public void text_that_nobody_signed_is_none(string text) => Assert.Null(BuildToken.Verify(text, Key, Now));

    private static BuildToken Token(IReadOnlyList<string> writes)
        => new(
            Guid.Parse("3f2a1c00-0000-4000-8000-000000000001"), Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5"), Trust.Trusted,
            Now.AddHours(1), writes);
}
