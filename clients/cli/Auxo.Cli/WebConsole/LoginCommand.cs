using System.CommandLine;
using System.Net.Http.Json;

using Auxo.Api;
using Auxo.Cli.Instances;

namespace Auxo.Cli.WebConsole;

/// <summary><c>auxo console login</c>: signs in with the user's own Radicle key; no password, no token.</summary>
internal static class LoginCommand
{
    public static Command Create(CliHost host)
    {
        var url = new Option<string?>("--url")
        {
            Description = "The console's address, such as https://ci.example.org; by default this machine's",
        };
        var print = new Option<bool>("--print") { Description = "Only print the link; open no browser" };
        return new Command("login", "Sign in with your Radicle key: a link that opens the console once") { url, print }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(url), parsed.GetValue(print), ct));
    }

    private static async Task<int> RunAsync(Session session, string? url, bool print, CancellationToken ct)
    {
        var address = url is null ? session.Clients.Instance.Endpoints["console"] : Address(url);
        // Nothing of this machine's Auxo goes there, least of all its token.
        using var clients = new Clients(
            new Instance("--url", new Dictionary<string, Uri>(StringComparer.Ordinal) { ["console"] = address }, null, "none is needed"));
        var console = clients.Http("console");
        var challenge = await PostAsync<SignInChallenge>(console, "login/challenges", new { }, ct);
        Refuse(challenge, address);
        var signature = await RadicleSignature.MakeAsync(session.Host, challenge.Text, ct);
        var link = await PostAsync<LoginLink>(console, "login/keys", new SessionRequest(null, null, challenge.Challenge, signature), ct);
        // A console behind a proxy may not know how it is called outside.
        return ConsoleCommand.Show(session, new LoginLink(new Uri(address, new Uri(link.Url).PathAndQuery).AbsoluteUri), print);
    }

    /// <summary>Somebody in between would hand over a challenge of the real console, and have it signed.</summary>
    private static void Refuse(SignInChallenge challenge, Uri asked)
    {
        if (!asked.Authority.Equals(challenge.Address, StringComparison.OrdinalIgnoreCase))
            throw new CliException(
                ExitCode.Negative,
                $"{asked.Authority} asks for a signature that is good for {challenge.Address}. Nothing was signed.",
                "Ask for it by its own address: auxo console login --url URL. If that is the one, its proxy changes the name (Host).");
        if (challenge.Challenge.Length is 0 or > 1000
            || challenge.Challenge.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            throw new CliException(ExitCode.Unreachable, $"{asked.Authority} answers something else than Auxo does. Nothing was signed.");
    }

    private static async Task<T> PostAsync<T>(HttpClient console, string path, object body, CancellationToken ct)
    {
        using var answer = await console.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, ApiJson.Options, ct);
        return (await answer.Content.ReadFromJsonAsync<T>(ApiJson.Options, ct))!;
    }

    private static Uri Address(string url)
        => Uri.TryCreate(url.Contains("://", StringComparison.Ordinal) ? url : "https://" + url, UriKind.Absolute, out var address)
            && address is { Scheme: "http" or "https", AbsolutePath: "/", UserInfo: "", Query: "" }
            ? address
            : throw new CliException(ExitCode.Usage, $"'{url}' is no address of a console.", "It looks like https://ci.example.org.");
}
