using System.Net;

using Auxo.Testing;

using static Auxo.EndToEnd.Tests.AuxoHttp;

namespace Auxo.EndToEnd.Tests.RealNodes;

/// <summary>A second user: she signs in with the key of her own node, and approves what a stranger has pushed.</summary>
public sealed class PeopleOnRealNodesTests
{
    [Fact]
    public async Task bob_signs_in_with_his_radicle_key_and_approves_a_build_by_name()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var world = await RealNodesFixture.StartAsync(ct, trustBob: false);
        var console = world.Auxo.Client("console").BaseAddress!;
        var (_, head) = await world.Bob.OpenPatchAsync(
            "demo", "Say more", new Dictionary<string, string> { ["docs/more.md"] = "# More\n" }, ct);
        var waiting = await world.Auxo.Pipeline.BuildAsync(head, "awaiting_approval");

        // His key is not known yet; the refusal names it, and the administrator adds it.
        var unknown = await LoginAsync(world, console, ct);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("did:key:" + world.Bob.Nid, unknown.Error, StringComparison.Ordinal);
        var added = await AuxoProgram.RunAsync(
            world.Auxo, ct, "people", "add", "bob", "--role", "developer", "--key", "did:key:" + world.Bob.Nid);
        Assert.True(added.ExitCode == 0, added.Error);

        var (code, output, error) = await LoginAsync(world, console, ct);
        Assert.True(code == 0, error);
        var link = output.Split('\n')[0].Trim();
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), UseProxy = false });
        var page = await browser.GetStringAsync(new Uri(link), ct);
        Assert.Contains(">bob</span>", page, StringComparison.Ordinal);
        using (var again = new HttpClient(new SocketsHttpHandler { UseProxy = false }))
            Assert.Contains("This link was used", await again.GetStringAsync(new Uri(link), ct), StringComparison.Ordinal);

        var id = Text(waiting, "id")!;
        var proof = Proof(await browser.GetStringAsync(new Uri(console, $"/builds/{id}"), ct));
        using var approved = await browser.PostAsync(
            new Uri(console, $"/builds/{id}/approve"), new FormUrlEncodedContent([new("__RequestVerificationToken", proof)]), ct);
        Assert.Equal(HttpStatusCode.OK, approved.StatusCode);
        (await world.Auxo.Pipeline.FinishedBuildAsync(head)).ShouldHave("passed");
        var timeline = await world.Auxo.Pipeline.GetStringAsync($"/timeline?build={id}", ct);
        Assert.Contains("bob", timeline, StringComparison.Ordinal);

        // His access ends, and with it the page that is open.
        Assert.Equal(0, (await AuxoProgram.RunAsync(world.Auxo, ct, "people", "remove", "bob")).ExitCode);
        await Eventually.TrueAsync(
            async () => (await browser.GetStringAsync(new Uri(console, "/queue"), ct))
                .Contains("Your session has ended", StringComparison.Ordinal),
            "the session has ended");
    }

    private static Task<(int ExitCode, string Out, string Error)> LoginAsync(RealNodesFixture world, Uri console, CancellationToken ct)
        => AuxoProgram.RunAsync(world.Bob.Environment(), ct, "console", "login", "--print", "--url", console.ToString());

    /// <summary>What shows that a form is of the console.</summary>
    private static string Proof(string page)
    {
        const string field = "name=\"__RequestVerificationToken\" value=\"";
        var begin = page.IndexOf(field, StringComparison.Ordinal) + field.Length;
        return page[begin..page.IndexOf('"', begin)];
    }
}
