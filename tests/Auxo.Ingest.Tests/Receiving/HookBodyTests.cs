using System.Text;
using System.Text.Json.Nodes;

using Auxo.Ingest.Receiving;
using Auxo.Testing;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Ingest.Tests.Receiving;

public sealed class HookBodyTests
{
    private const string Rid = "rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji";
    private const string Commit = "3e674d1a1df90807e934f9ae5da2591dd6848a33";
    private const string Patch = "aa45913e757cacd46972733bddee5472c78fa32a";

    [Theory]
    [InlineData("push.json", "push", null, "d6399c71702b40bae00825b3c444478d06b4e91c", "master", null)]
    [InlineData("push-garden.json", "push", null, "d6399c71702b40bae00825b3c444478d06b4e91c", "master", "auxo")]
    [InlineData("patch-created.json", "patch", Patch, Commit, null, null)]
    [InlineData("patch-created-kraken-variant.json", "patch", Patch, Commit, null, null)]
    [InlineData("patch-updated.json", "patch", Patch, "27857ec9eb04c69cacab516e8bf4b5fd36090f66", null, null)]
    [InlineData("patch-updated-garden.json", "patch", Patch, "27857ec9eb04c69cacab516e8bf4b5fd36090f66", null, "auxo")]
    [InlineData("patch-merged.json", "patch", Patch, "27857ec9eb04c69cacab516e8bf4b5fd36090f66", null, null)]
    [InlineData("recorded/broker/trigger-patch-created.json", "patch", "66e530eb92ea7cef230d0b17202618dcb7dac070",
        "4db0dcabfb4bdc1084d71eb076f61be2774baeaf", null, null)]
    [InlineData("recorded/broker/trigger-push.json", "push", null, "dff67c445d320beec3a2aa205456e99e625177b5", "main", null)]
    public void every_recorded_dialect_names_what_changed(
        string file, string kind, string? patch, string commit, string? branch, string? context)
    {
        var body = HookBody.Parse(File.ReadAllBytes(Fixtures.Require($"radicle/{file}")));
        Assert.Equal((kind, patch, commit, branch, context), (
            body.Event, body.Patch?.Value, body.Commit?.Value, body.Branch, body.Context));
        Assert.Equal(context is not null, body.Seeder is not null && body.StatusUrl == "https://radicle.garden/api/commit-status");
    }

    [Fact]
    public void the_patchs_fields_may_stand_at_the_root()
    {
        var body = Read($$"""{"action":"created","id":"{{Patch}}","after":"{{Commit}}","repository":{"id":"{{Rid}}"} }""");
        Assert.Equal(("patch", Patch, Commit), (body.Event, body.Patch?.Value, body.Commit?.Value));
    }

    [Fact]
    public void repository_ids_may_lack_their_scheme_and_branches_may_carry_their_namespace()
    {
        var body = Read($$"""
            {"after":"{{Commit}}","branch":"z6MknSLrJoTcukLrE435hVNQT4JUhbvWLX4kUzqkEStBU8Vi/refs/heads/main",
             "repository":{"id":"{{Rid[4..]}}"} }
            """);
        Assert.Equal((Rid, "main"), (body.Rid.Value, body.Branch));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"repository\":{\"id\":\"rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji\"}")]
    [InlineData("{\"repository\":{\"id\":\"rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji\"}} {}")]
    [InlineData("{\"repository\":{\"id\":17}}")]
    [InlineData("{\"repository\":{\"id\":\"../../etc\"}}")]
    [InlineData("{\"after\":\"3e674d1a1df90807e934f9ae5da2591dd6848a33\"}")]
    [InlineData("{\"repository\":{\"id\":\"\\ud800\"}}")]
    public void what_is_no_webhook_is_refused_with_a_reason(string body)
        => Assert.NotEmpty(Assert.Throws<HookBodyException>(() => Read(body)).Message);

    [Fact]
    public void deep_nesting_and_bytes_that_are_no_utf8_are_refused()
    {
        var deep = $$"""{"repository":{"id":"{{Rid}}"},"x":{{new string('[', 100_000)}}{{new string(']', 100_000)}}}""";
        Assert.Contains("deeper", Assert.Throws<HookBodyException>(() => Read(deep)).Message, StringComparison.Ordinal);

        byte[] invalid = [.. Encoding.UTF8.GetBytes($$"""{"repository":{"id":"{{Rid}}"},"x":" """), 0xC3, 0x28, .. "\"}"u8];
        Assert.Contains("UTF-8", Assert.Throws<HookBodyException>(() => HookBody.Parse(invalid)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void nothing_but_a_body_exception_ever_comes_of_damaged_bytes()
        => Prop.ForAll(
            Gen.Choose(0, 4000).SelectMany(at => Gen.Choose(0, 255).Select(value => (At: at, Value: (byte)value))).ArrayOf().ToArbitrary(),
            damage =>
            {
                var bytes = Encoding.UTF8.GetBytes(new JsonObject
                {
                    ["action"] = "created", ["patch"] = new JsonObject
                    {
                        ["id"] = Patch, ["after"] = Commit, ["state"] = new JsonObject { ["conflicts"] = new JsonArray(1, "x") },
                    },
                    ["repository"] = new JsonObject { ["id"] = Rid, ["clone_url"] = "https://evil.example/x.git" },
                }.ToJsonString());
                foreach (var (at, value) in damage) bytes[at % bytes.Length] = value;
                try
                {
                    HookBody.Parse(bytes);
                }
                catch (HookBodyException)
                {
                }
            }).QuickCheckThrowOnFailure();

    private static HookBody Read(string json) => HookBody.Parse(Encoding.UTF8.GetBytes(json));
}
