using System.Text.Json.Nodes;

using Auxo.Testing.Radicle;

namespace Auxo.Cli.Tests.Nodes;

/// <summary><c>auxo node identity</c> beside a real node; skipped where there is none.</summary>
public sealed class ChooseIdentityTests
{
    [Fact]
    public async Task a_key_of_its_own_is_made_once_and_the_nodes_key_can_be_chosen_again()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var alice = lab.Nodes[0];
        var home = Directory.CreateDirectory(Path.Combine(lab.Folder, "auxo")).FullName;

        Assert.Equal(("user", alice.Nid), await IdentityAsync());
        var (own, nid) = await IdentityAsync("own");
        Assert.Equal("own", own);
        Assert.NotEqual(alice.Nid, nid);
        Assert.Equal(Path.Combine(alice.Home, "storage"), new DirectoryInfo(Path.Combine(home, "radicle", "storage")).LinkTarget);
        Assert.Equal(("user", alice.Nid), await IdentityAsync("user"));
        Assert.Equal(("own", nid), await IdentityAsync("own"));
        var told = await RunAsync("node", "identity");
        Assert.Contains($"own: did:key:{nid}\n", told.Out, StringComparison.Ordinal);
        Assert.Contains($"rad follow {nid} --alias auxo", told.Out, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("node", "identity", "mine")).ExitCode);

        async Task<(string, string)> IdentityAsync(params string[] whose)
        {
            var answer = await RunAsync(["node", "identity", .. whose, "--json"]);
            Assert.Equal("", answer.Error);
            var json = JsonNode.Parse(answer.Out)!;
            return ((string)json["identity"]!, ((string)json["did"]!)["did:key:".Length..]);
        }

        Task<CliResult> RunAsync(params string[] words) => CliResult.RunAsync(
            new(alice.Environment()) { ["AUXO_HOME"] = home, ["PATH"] = Environment.GetEnvironmentVariable("PATH")! }, words);
    }

    [Fact]
    public async Task without_a_profile_or_an_auxo_it_says_what_to_do()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-none-").FullName;
        var profile = await CliResult.RunAsync(new() { ["AUXO_HOME"] = folder, ["HOME"] = folder }, ["node", "identity"]);
        Assert.Equal((1, "auxo: There is no Radicle profile on this machine.\n  Make one: rad auth\n"), (profile.ExitCode, profile.Error));
        Directory.CreateDirectory(Path.Combine(folder, ".radicle", "storage"));
        var auxo = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = Path.Combine(folder, "auxo"), ["HOME"] = folder }, ["node", "identity", "own"]);
        Assert.Contains("./auxo up", auxo.Error, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
