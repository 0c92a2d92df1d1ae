using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.People;
using Auxo.Registry.Sessions;
using Auxo.Registry.Tests.People;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Sessions;

/// <summary>Signing in by password and by key, and what must not sign in.</summary>
public sealed class SessionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Password = "correct horse battery";
    private const string Address = "127.0.0.1:8880";
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private readonly ManualTime _time = new();
    private readonly RadicleTestKey _key = new("alice");
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), _home,
            services => services.AddSingleton(new Challenges(_time)).AddSingleton(new SignInTries(_time)),
            ("Auxo:Console:Hosts", "ci.example.org,*.lan"), ("Auxo:Console:Tls:Certificate", "/there.pem"),
            ("Auxo:Console:PublicUrl", "https://auxo.example.org:9443"));
        (await _host.AddPersonAsync("alice", "developer", Password, _key.Did)).Dispose();
    }

    [Fact]
    public async Task a_session_lasts_a_day_of_work_and_is_listed_as_the_persons()
    {
        using var answer = await _host.StartSessionAsync(new { name = " Alice ", password = Password });
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var token = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["token"]!;
        Assert.Equal(("alice", "alice", "developer"), ((string)token["name"]!, (string)token["person"]!, (string)token["role"]!));
        Assert.Contains("pipeline:write", token["scopes"]!.AsArray().Select(static s => (string)s!));
        Assert.Equal(
            TimeSpan.FromHours(12),
            (DateTimeOffset)token["expiresAt"]! - (DateTimeOffset)token["createdAt"]!);
        using var rotate = await _host.Client.PostAsJsonAsync($"/tokens/{(string)token["id"]!}/rotate", new { });
        Assert.Equal((HttpStatusCode.Conflict, "token/session"), await rotate.ProblemAsync());
    }

    [Fact]
    public async Task signing_out_ends_the_session_and_never_a_programs_token()
    {
        var text = await _host.SignInAsync("alice", Password);
        using var ended = await _host.SendAsync(text, HttpMethod.Delete, "/sessions/self");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await _host.TryAsync(text, "/repositories"));
        using var program = await _host.SendAsync(_host.Token, HttpMethod.Delete, "/sessions/self");
        Assert.Equal((HttpStatusCode.Conflict, "session/none"), await program.ProblemAsync());
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(_host.Token, "/repositories"));
    }

    [Fact]
    public async Task what_fits_nobody_is_refused()
    {
        foreach (var (body, status, type) in ((string, int, string)[])
        [
            ("""{"name":"alice","password":"wrong horse battery"}""", 401, "session/refused"),
            ("""{"name":"nobody","password":"wrong horse battery"}""", 401, "session/refused"),
            ("""{"name":"a\u0000b","password":"x"}""", 401, "session/refused"),
            ("""{"name":"alice"}""", 400, "session/incomplete"),
            ("""{"challenge":"AAAA","signature":"x"}""", 401, "session/invalid-challenge"),
            ("""{"challenge":"%","signature":"x"}""", 401, "session/invalid-challenge"),
        ])
        {
            using var answer = await _host.StartSessionAsync(JsonNode.Parse(body)!);
            Assert.Equal(((HttpStatusCode)status, type), await answer.ProblemAsync());
        }

        using var large = await _host.StartSessionAsync(new { name = "alice", password = new string('x', 20_000) });
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "request/too-large"), await large.ProblemAsync());
    }

    [Fact]
    public async Task sessions_of_long_ago_go_when_the_person_signs_in_again()
    {
        await _host.SignInAsync("alice", Password);
        await _host.ExecuteAsync("update access.tokens set expires_at = now() - interval '91 days' where person = $1", "alice");
        await _host.SignInAsync("alice", Password);
        Assert.Equal(1L, await _host.ScalarAsync<long>("select count(*) from access.tokens where person = 'alice'"));
    }

    [Fact]
    public async Task who_guesses_waits_longer_and_longer_and_is_let_in_after_it()
    {
        for (var i = 0; i < 5; i++) await WrongAsync($"10.0.0.{i}", HttpStatusCode.Unauthorized);
        await WrongAsync("10.0.0.9", HttpStatusCode.TooManyRequests);
        using (var right = await _host.StartSessionAsync(new { name = "alice", password = Password }, "10.0.0.9"))
            Assert.Equal("1", right.Headers.GetValues("Retry-After").Single());
        _time.Advance(TimeSpan.FromSeconds(1));
        await WrongAsync("10.0.0.9", HttpStatusCode.Unauthorized);
        _time.Advance(TimeSpan.FromSeconds(1));
        await WrongAsync("10.0.0.9", HttpStatusCode.TooManyRequests);
        // Her key is not guessed, and is not held up.
        using (var byKey = await SignInByKeyAsync()) Assert.Equal(HttpStatusCode.Created, byKey.StatusCode);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _host.SignInAsync("alice", Password);
        await _host.SignInAsync("alice", Password);
    }

    [Fact]
    public async Task an_address_that_tries_many_names_is_slowed_down_too()
    {
        for (var i = 0; i < 5; i++)
        {
            using var wrong = await _host.StartSessionAsync(new { name = $"n{i}", password = Password }, "10.0.0.1");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var sixth = await _host.StartSessionAsync(new { name = "alice", password = Password }, "10.0.0.1");
        Assert.Equal((HttpStatusCode.TooManyRequests, "session/too-many-tries"), await sixth.ProblemAsync());
        using var elsewhere = await _host.StartSessionAsync(new { name = "alice", password = Password }, "10.0.0.2");
        Assert.Equal(HttpStatusCode.Created, elsewhere.StatusCode);
    }

    [Fact]
    public async Task a_key_signs_in_once_for_a_challenge()
    {
        var challenge = await ChallengeAsync(Address);
        var signature = Sign(challenge, Address);
        using var first = await _host.StartSessionAsync(new { challenge, signature });
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var made = (await first.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal("alice", (string)made["token"]!["person"]!);
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync((string)made["text"]!, "/repositories"));
        using var second = await _host.StartSessionAsync(new { challenge, signature });
        Assert.Equal((HttpStatusCode.Unauthorized, "session/invalid-challenge"), await second.ProblemAsync());
    }

    [Fact]
    public async Task a_challenge_is_worth_nothing_after_five_minutes_and_when_it_was_changed()
    {
        var challenge = await ChallengeAsync(Address);
        var changed = (challenge[0] == 'A' ? 'B' : 'A') + challenge[1..];
        using var other = await _host.StartSessionAsync(new { challenge = changed, signature = Sign(changed, Address) });
        Assert.Equal((HttpStatusCode.Unauthorized, "session/invalid-challenge"), await other.ProblemAsync());
        _time.Advance(TimeSpan.FromMinutes(5));
        using var late = await _host.StartSessionAsync(new { challenge, signature = Sign(challenge, Address) });
        Assert.Equal((HttpStatusCode.Unauthorized, "session/invalid-challenge"), await late.ProblemAsync());
    }

    [Fact]
    public async Task a_signature_for_another_address_purpose_or_challenge_opens_nothing()
    {
        var challenge = await ChallengeAsync(Address);
        var other = await ChallengeAsync(Address);
        var text = Encoding.UTF8.GetBytes(Challenges.TextOf(challenge, Address));
        foreach (var signature in (string[])
            [Sign(challenge, "evil.example"), Sign(other, Address), _key.SignText("git", text), _key.SignText("radicle", text),
                string.Join('\n', _key.Armour(text)), Broken(Sign(challenge, Address)), "", "-----BEGIN SSH SIGNATURE-----"])
        {
            using var answer = await _host.StartSessionAsync(new { challenge, signature });
            Assert.Equal((HttpStatusCode.Unauthorized, "session/invalid-signature"), await answer.ProblemAsync());
        }

        using var right = await _host.StartSessionAsync(new { challenge, signature = Sign(challenge, Address) });
        Assert.Equal(HttpStatusCode.Created, right.StatusCode);
    }

    [Fact]
    public async Task a_key_that_no_person_has_is_named()
    {
        using var key = new RadicleTestKey("mallory");
        var challenge = await ChallengeAsync(Address);
        using var answer = await _host.StartSessionAsync(new
        {
            challenge, signature = key.SignText(Challenges.Purpose, Encoding.UTF8.GetBytes(Challenges.TextOf(challenge, Address))),
        });
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains(key.Did, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task no_challenge_is_made_for_an_address_that_is_not_the_consoles()
    {
        foreach (var (address, type) in ((string, string)[])
        [
            ("evil.example", "session/foreign-address"), ("evil.example:8880", "session/foreign-address"),
            ("ci.example.org.evil.example", "session/foreign-address"), ("user@ci.example.org", "session/invalid-address"),
            ("ci.example.org/x", "session/invalid-address"), ("", "session/invalid-address"),
            ("ci.example.org\nchallenge: x", "session/invalid-address"),
            // Another program of the same machine may listen there.
            ("localhost:9999", "session/foreign-address"), ("ci.example.org:8881", "session/foreign-address"),
            ("localhost", "session/foreign-address"), ("auxo.example.org", "session/foreign-address"),
        ])
        {
            using var answer = await _host.SendAsync(token: null, HttpMethod.Post, "/sessions/challenges", new { address });
            Assert.Equal((address, type), (address, (await answer.ProblemAsync()).Type));
        }
    }

    [Fact]
    public async Task a_challenge_is_made_for_what_the_console_is_called()
    {
        foreach (var address in (string[])
            ["ci.example.org", "CI.example.org:8443", "auxo.lan", "localhost:8880", "[::1]:8880", "127.0.0.1:8443",
                "auxo.example.org:9443"])
            Assert.Equal(address.ToLowerInvariant(), _host.Get<Challenges>().AddressOf(await ChallengeAsync(address)));
    }

    [Fact]
    public async Task ssh_keygen_makes_such_a_signature_with_a_key_file()
    {
        var ct = TestContext.Current.CancellationToken;
        var file = Path.Combine(_home, "key");
        await Tool.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
        var challenge = await ChallengeAsync(Address);
        await File.WriteAllTextAsync(Path.Combine(_home, "text"), Challenges.TextOf(challenge, Address), ct);
        await Tool.RunAsync("ssh-keygen", ["-q", "-Y", "sign", "-n", Challenges.Purpose, "-f", file, Path.Combine(_home, "text")]);
        var signature = await File.ReadAllTextAsync(Path.Combine(_home, "text.sig"), ct);
        var did = Radicle.SshSignature.Parse(signature).Signer;
        (await _host.ChangeAsync("alice", new { keys = new[] { did.Value } })).Dispose();
        using var answer = await _host.StartSessionAsync(new { challenge, signature });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task wrong_passwords_for_one_name_hold_up_nobody_else_behind_the_same_address()
    {
        var tries = new SignInTries(_time);
        for (var i = 0; i < 5; i++)
            Assert.Equal((false, null), await tries.TryAsync("alice", "proxy", static () => Task.FromResult(false)));
        Assert.NotNull(tries.Begin("alice", "proxy"));
        Assert.Equal((true, null), await tries.TryAsync("bob", "proxy", static () => Task.FromResult(true)));
        for (var i = 0; i < 4; i++)
            Assert.Equal((false, null), await tries.TryAsync($"n{i}", "proxy", static () => Task.FromResult(false)));
        Assert.NotNull(tries.Begin("bob", "proxy"));
    }

    [Fact]
    public async Task a_password_that_was_not_compared_is_no_wrong_try()
    {
        var tries = new SignInTries(_time);
        for (var i = 0; i < 10; i++)
            await Assert.ThrowsAsync<BusyException>(() => tries.TryAsync("alice", "a", static () => throw new BusyException()));
        for (var i = 0; i < 5; i++)
            Assert.Equal((false, null), await tries.TryAsync("alice", "a", static () => Task.FromResult(false)));
        Assert.NotNull((await tries.TryAsync("alice", "b", static () => Task.FromResult(true))).Wait);
    }

    [Fact]
    public void what_is_remembered_of_wrong_tries_is_bounded()
    {
        var tries = new SignInTries(_time);
        for (var i = 0; i < 30_000; i++) Assert.Null(tries.Begin($"n{i}", $"a{i}"));
        Assert.Null(tries.Begin("n0", "a0"));
    }

    [Fact]
    public void the_wait_is_never_longer_than_half_a_minute_and_is_forgotten()
    {
        var tries = new SignInTries(_time);
        for (var i = 0; i < 40; i++)
        {
            if (tries.Begin("alice", $"a{i}") is not { } wait) continue;
            Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(30));
            _time.Advance(wait);
            Assert.Null(tries.Begin("alice", $"b{i}"));
        }

        Assert.NotNull(tries.Begin("alice", "c"));
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Null(tries.Begin("alice", "c"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _key.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private async Task WrongAsync(string from, HttpStatusCode expected)
    {
        using var answer = await _host.StartSessionAsync(new { name = "alice", password = "wrong horse battery" }, from);
        Assert.Equal(expected, answer.StatusCode);
    }

    private async Task<string> ChallengeAsync(string address)
    {
        using var answer = await _host.SendAsync(token: null, HttpMethod.Post, "/sessions/challenges", new { address });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["challenge"]!;
    }

    private async Task<HttpResponseMessage> SignInByKeyAsync()
    {
        var challenge = await ChallengeAsync(Address);
        return await _host.StartSessionAsync(new { challenge, signature = Sign(challenge, Address) });
    }

    private string Sign(string challenge, string address)
        => _key.SignText(Challenges.Purpose, Encoding.UTF8.GetBytes(Challenges.TextOf(challenge, address)));

    /// <summary>One bit of the signature itself is another.</summary>
    private static string Broken(string armour)
    {
        var lines = armour.Split('\n');
        var blob = Convert.FromBase64String(string.Concat(lines[1..^1]));
        blob[^1] ^= 1;
        return $"{lines[0]}\n{Convert.ToBase64String(blob)}\n{lines[^1]}";
    }
}
