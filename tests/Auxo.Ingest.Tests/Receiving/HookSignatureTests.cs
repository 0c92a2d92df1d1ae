using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Ingest.Receiving;
using Auxo.Testing;

using Microsoft.Extensions.Primitives;

namespace Auxo.Ingest.Tests.Receiving;

public sealed class HookSignatureTests
{
    private static readonly byte[] Secret = "a secret of some length"u8.ToArray();
    private static readonly byte[] Body = "{\"a\":1}\n"u8.ToArray();
    private static readonly string Hex = Convert.ToHexStringLower(HMACSHA256.HashData(Secret, Body));

    [Fact]
    public void all_recorded_vectors_verify_byte_for_byte_and_not_without_their_last_line_end()
    {
        var vectors = JsonNode.Parse(File.ReadAllText(Fixtures.Require("radicle/hmac-vectors.json")))!;
        var secret = Encoding.UTF8.GetBytes((string)vectors["secret"]!);
        foreach (var vector in vectors["vectors"]!.AsArray())
        {
            var body = File.ReadAllBytes(Fixtures.Require($"radicle/{vector!["file"]}"));
            var signature = (string)vector["signature"]!;
            Assert.Equal((int)vector["bytes"]!, body.Length);
            Assert.Equal(SignatureCheck.Verified, HookSignature.Check(signature, default, secret, body));
            Assert.Equal(SignatureCheck.Verified, HookSignature.Check(default, signature, secret, body));
            Assert.Equal(SignatureCheck.Verified, HookSignature.Check(signature, signature["sha256=".Length..], secret, body));
            Assert.Equal(SignatureCheck.Wrong, HookSignature.Check(signature, default, secret, body.AsSpan(0, body.Length - 1)));
        }
    }

    [Fact]
    public void the_hub_header_needs_its_scheme_and_the_other_one_does_not()
    {
        Assert.Equal(SignatureCheck.Wrong, HookSignature.Check(Hex, default, Secret, Body));
        Assert.Equal(SignatureCheck.Verified, HookSignature.Check(default, Hex, Secret, Body));
        Assert.Equal(SignatureCheck.Verified, HookSignature.Check(default, "sha256=" + Hex, Secret, Body));
        Assert.Equal(SignatureCheck.Verified, HookSignature.Check("sha256=" + Hex.ToUpperInvariant(), default, Secret, Body));
    }

    [Fact]
    public void one_wrong_signature_spoils_a_right_one()
    {
        var wrong = "sha256=" + new string('0', 64);
        Assert.Equal(SignatureCheck.Wrong, HookSignature.Check("sha256=" + Hex, wrong, Secret, Body));
        Assert.Equal(SignatureCheck.Wrong, HookSignature.Check(wrong, Hex, Secret, Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256=")]
    [InlineData("sha1=aaaa")]
    [InlineData("sha256=zz")]
    public void what_is_no_signature_is_wrong_and_not_absent(string header)
    {
        Assert.Equal(SignatureCheck.Wrong, HookSignature.Check(header, default, Secret, Body));
        Assert.Equal(SignatureCheck.Absent, HookSignature.Check(default, default, Secret, Body));
    }

    [Fact]
    public void a_header_that_comes_twice_is_repeated_even_when_both_are_right_and_never_verifies()
    {
        StringValues twice = new(["sha256=" + Hex, "sha256=" + Hex]);
        Assert.True(HookSignature.IsRepeated(twice));
        Assert.Equal(SignatureCheck.Wrong, HookSignature.Check(twice, default, Secret, Body));
        Assert.Equal(SignatureCheck.Wrong, HookSignature.Check($"sha256={Hex},sha256={Hex}", default, Secret, Body));
    }

    [Fact]
    public void an_empty_secret_verifies_nothing()
    {
        var hex = Convert.ToHexStringLower(HMACSHA256.HashData(Array.Empty<byte>(), Body));
        Assert.Equal(SignatureCheck.Wrong, HookSignature.Check("sha256=" + hex, default, [], Body));
    }
}
