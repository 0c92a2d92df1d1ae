using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.ServiceDefaults.Access;
using Auxo.Testing;
using Auxo.Testing.Radicle;

using Npgsql;

namespace Auxo.Registry.Tests.People;

/// <summary>Who can sign in, and how that changes.</summary>
public sealed class PeopleTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    /// <summary>A person to add, and what is wrong with it.</summary>
    private static readonly (string Body, string Type)[] Nonsense =
    [
        ("""{"name":"Alice","role":"viewer","password":"correct horse battery"}""", "person/invalid-name"),
        ("""{"name":"a\u0000b","role":"viewer","password":"correct horse battery"}""", "person/invalid-name"),
        ("""{"name":"alice\n","role":"viewer","password":"correct horse battery"}""", "person/invalid-name"),
        ("""{"role":"viewer","password":"correct horse battery"}""", "person/invalid-name"),
        ("""{"name":"alice","role":"owner","password":"correct horse battery"}""", "person/invalid-role"),
        ("""{"name":"alice","password":"correct horse battery"}""", "person/invalid-role"),
        ("""{"name":"alice","role":"viewer","password":"short"}""", "person/invalid-password"),
        ("""{"name":"alice","role":"viewer","password":"aaaaaaaaaaaaaaaa"}""", "person/invalid-password"),
        ("""{"name":"alice","role":"viewer","password":"alice1234567"}""", "person/invalid-password"),
        ("""{"name":"alice","role":"viewer"}""", "person/no-way-in"),
        ("""{"name":"alice","role":"viewer","keys":["z6MkqeogXoHTADzDq1yapEfHVezZwSB8TQ1kb5nYPYVuDwU6"]}""", "person/invalid-key"),
        // Keys of secp256k1, of P-256, of X25519, and one of ed25519 that is cut.
        ("""{"name":"alice","role":"viewer","keys":["did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"]}""",
            "person/invalid-key"),
        ("""{"name":"alice","role":"viewer","keys":["did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"]}""",
            "person/invalid-key"),
        ("""{"name":"alice","role":"viewer","keys":["did:key:z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F"]}""",
            "person/invalid-key"),
        ("""{"name":"alice","role":"viewer","keys":["did:key:z6MkqeogXoHTADzDq1yapEfHVezZwSB8TQ1kb5nYPYVuDw"]}""",
            "person/invalid-key"),
        ("""{"name":"alice","role":"viewer","keys":[null]}""", "person/invalid-key"),
    ];

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);

    [Fact]
    public async Task a_person_is_added_seen_and_ended()
    {
        using var key = new RadicleTestKey("alice");
        using var added = await _host.AddPersonAsync("alice", "developer", Password, key.Did);
        var alice = (await added.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        Assert.Equal(("developer", true, key.Did), ((string)alice["role"]!, (bool)alice["hasPassword"]!, (string)alice["keys"]![0]!));
        var text = await _host.SignInAsync("alice", Password);
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(text, "/repositories"));
        var listed = (await _host.Client.GetFromJsonAsync<JsonNode>("/people"))!["items"]![0]!;
        Assert.Equal((1L, "alice"), ((long)listed["sessions"]!, (string)listed["name"]!));
        Assert.NotNull(listed["signedInAt"]);

        using var ended = await _host.Client.DeleteAsync(new Uri("/people/alice", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await _host.TryAsync(text, "/repositories"));
        using var again = await _host.StartSessionAsync(new { name = "alice", password = Password });
        Assert.Equal((HttpStatusCode.Unauthorized, "session/refused"), await again.ProblemAsync());
        using var twice = await _host.Client.DeleteAsync(new Uri("/people/alice", UriKind.Relative));
        Assert.Equal((HttpStatusCode.NotFound, "person/not-found"), await twice.ProblemAsync());
        // What she did keeps her name, and she may come back; her old session stays ended.
        Assert.Contains("\"alice\"", await _host.Client.GetStringAsync("/tokens?all=true"), StringComparison.Ordinal);
        (await _host.AddPersonAsync("alice", "admin", Password)).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, await _host.TryAsync(text, "/repositories"));
    }

    [Fact]
    public async Task no_answer_and_no_other_service_sees_a_password()
    {
        (await _host.AddPersonAsync("alice", "viewer", Password)).Dispose();
        var stored = await _host.ScalarAsync<string>("select password from access.people");
        Assert.DoesNotContain(Password, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(stored, await _host.Client.GetStringAsync("/people"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_new_role_counts_for_sessions_that_are_open()
    {
        (await _host.AddPersonAsync("alice", "viewer", Password)).Dispose();
        var text = await _host.SignInAsync("alice", Password);
        Assert.Equal(HttpStatusCode.Forbidden, await _host.TryAsync(text, "/people"));
        (await _host.ChangeAsync("alice", new { role = "admin" })).Dispose();
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(text, "/people"));
        (await _host.ChangeAsync("alice", new { role = "viewer" })).Dispose();
        Assert.Equal(HttpStatusCode.Forbidden, await _host.TryAsync(text, "/people"));
    }

    [Fact]
    public async Task a_new_password_ends_the_sessions_and_the_old_password()
    {
        (await _host.AddPersonAsync("alice", "viewer", Password)).Dispose();
        var text = await _host.SignInAsync("alice", Password);
        using var changed = await _host.ChangeAsync("alice", new { password = "staple of another kind" });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await _host.TryAsync(text, "/repositories"));
        using var old = await _host.StartSessionAsync(new { name = "alice", password = Password });
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        await _host.SignInAsync("alice", "staple of another kind");
        (await _host.ChangeAsync("alice", new { password = "" })).Dispose();
        using var none = await _host.StartSessionAsync(new { name = "alice", password = "" });
        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
    }

    [Fact]
    public async Task a_key_less_ends_the_sessions_and_a_key_more_does_not()
    {
        using var one = new RadicleTestKey("one");
        using var two = new RadicleTestKey("two");
        (await _host.AddPersonAsync("alice", "viewer", Password, one.Did)).Dispose();
        var text = await _host.SignInAsync("alice", Password);
        (await _host.ChangeAsync("alice", new { keys = new[] { one.Did, two.Did } })).Dispose();
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(text, "/repositories"));
        (await _host.ChangeAsync("alice", new { keys = new[] { two.Did } })).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, await _host.TryAsync(text, "/repositories"));
    }

    [Fact]
    public async Task a_key_is_one_persons_and_a_name_is_one_accounts()
    {
        using var key = new RadicleTestKey("alice");
        (await _host.AddPersonAsync("alice", "viewer", password: null, key.Did)).Dispose();
        using var same = await _host.AddPersonAsync("bob", "viewer", password: null, key.Did);
        Assert.Equal((HttpStatusCode.Conflict, "person/key-taken"), await same.ProblemAsync());
        using var twice = await _host.AddPersonAsync("alice", "viewer", Password);
        Assert.Equal((HttpStatusCode.Conflict, "person/name-taken"), await twice.ProblemAsync());

        using var token = await _host.Client.PostAsJsonAsync("/tokens", new { name = "alice", scopes = new[] { "registry:read" } });
        Assert.Equal((HttpStatusCode.Conflict, "token/name-of-a-person"), await token.ProblemAsync());
        using var large = await _host.Client.PostAsJsonAsync("/tokens", new { name = "Alice", scopes = new[] { "registry:read" } });
        Assert.Equal((HttpStatusCode.Conflict, "token/name-of-a-person"), await large.ProblemAsync());
        (await _host.Client.PostAsJsonAsync("/tokens", new { name = "CI", scopes = new[] { "registry:read" } })).Dispose();
        using var account = await _host.AddPersonAsync("ci", "viewer", Password);
        Assert.Equal((HttpStatusCode.Conflict, "person/name-taken"), await account.ProblemAsync());
    }

    [Fact]
    public async Task of_a_token_and_a_person_that_take_a_name_at_once_one_gets_it()
    {
        for (var i = 0; i < 10; i++)
        {
            var name = $"n{i}";
            using var key = new RadicleTestKey(name);
            var answers = await Task.WhenAll(
                _host.AddPersonAsync(name, "viewer", password: null, key.Did),
                _host.Client.PostAsJsonAsync("/tokens", new { name, scopes = new[] { "registry:read" } }));
            Assert.Equal(
                [HttpStatusCode.Created, HttpStatusCode.Conflict], answers.Select(static a => a.StatusCode).Order());
            foreach (var answer in answers) answer.Dispose();
        }
    }

    [Fact]
    public async Task what_makes_no_sense_is_refused()
    {
        foreach (var (body, type) in Nonsense)
        {
            using var content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
            using var answer = await _host.Client.PostAsync(new Uri("/people", UriKind.Relative), content);
            Assert.Equal((body, HttpStatusCode.BadRequest, type), (body, answer.StatusCode, (await answer.ProblemAsync()).Type));
        }
    }

    [Fact]
    public async Task the_names_of_auxo_itself_are_taken()
    {
        foreach (var name in (string[])["admin", "registry", "self", "pipeline"])
        {
            using var answer = await _host.AddPersonAsync(name, "admin", Password);
            Assert.Equal((HttpStatusCode.Conflict, "person/reserved-name"), await answer.ProblemAsync());
        }
    }

    [Fact]
    public async Task a_person_changes_her_own_password_by_the_present_one()
    {
        (await _host.AddPersonAsync("alice", "viewer", Password)).Dispose();
        var (own, other) = (await _host.SignInAsync("alice", Password), await _host.SignInAsync("alice", Password));
        using var wrong = await _host.SendAsync(
            own, HttpMethod.Put, "/people/self/password", new { current = "not this one", password = "staple of another kind" });
        Assert.Equal((HttpStatusCode.Forbidden, "person/wrong-password"), await wrong.ProblemAsync());
        using var changed = await _host.SendAsync(
            own, HttpMethod.Put, "/people/self/password", new { current = Password, password = "staple of another kind" });
        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized),
            (await _host.TryAsync(own, "/repositories"), await _host.TryAsync(other, "/repositories")));
        await _host.SignInAsync("alice", "staple of another kind");

        using var program = await _host.SendAsync(
            _host.Token, HttpMethod.Put, "/people/self/password", new { password = "staple of another kind" });
        Assert.Equal((HttpStatusCode.Conflict, "person/no-session"), await program.ProblemAsync());
    }

    [Theory]
    [InlineData("update access.people set password = null")]
    [InlineData("update access.tokens set revoked_at = now() where person = 'alice'")]
    public async Task a_password_or_session_that_ended_while_it_was_compared_changes_nothing(string meanwhile)
    {
        var ct = TestContext.Current.CancellationToken;
        (await _host.AddPersonAsync("alice", "viewer", Password)).Dispose();
        var own = await _host.SignInAsync("alice", Password);
        Assert.Equal(HttpStatusCode.OK, await _host.TryAsync(own, "/repositories"));
        await using var connection = await _host.Database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var command = new NpgsqlCommand(meanwhile, connection)) await command.ExecuteNonQueryAsync(ct);
        var change = _host.SendAsync(
            own, HttpMethod.Put, "/people/self/password", new { current = Password, password = "staple of another kind" });
        while (!change.IsCompleted && await _host.ScalarAsync<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0)
            ct.ThrowIfCancellationRequested();
        await transaction.CommitAsync(ct);
        using var answer = await change;
        Assert.Equal((HttpStatusCode.Conflict, "person/changed-meanwhile"), await answer.ProblemAsync());
        using var fresh = await _host.StartSessionAsync(new { name = "alice", password = "staple of another kind" });
        Assert.Equal(HttpStatusCode.Unauthorized, fresh.StatusCode);
    }

    [Fact]
    public async Task only_administrators_say_who_signs_in()
    {
        var tokens = new List<string>();
        foreach (var role in (string[])["viewer", "developer"])
        {
            (await _host.AddPersonAsync(role, role, Password)).Dispose();
            tokens.Add(await _host.SignInAsync(role, Password));
        }

        foreach (var (method, path) in ((string, string)[])
            [("GET", "/people"), ("POST", "/people"), ("PATCH", "/people/viewer"), ("DELETE", "/people/viewer"), ("GET", "/tokens"),
                ("POST", "/tokens"), ("DELETE", "/tokens/x")])
        {
            using var stranger = await _host.SendAsync(token: null, new HttpMethod(method), path, new { });
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
            foreach (var token in tokens)
            {
                using var answer = await _host.SendAsync(token, new HttpMethod(method), path, new { });
                Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            }
        }
    }

    [Fact]
    public void a_role_is_more_than_the_one_before_and_a_viewer_changes_nothing()
    {
        Assert.All(Roles.ScopesOf("viewer"), static scope => Assert.EndsWith(":read", scope, StringComparison.Ordinal));
        Assert.Superset(Roles.ScopesOf("viewer").ToHashSet(), Roles.ScopesOf("developer").ToHashSet());
        Assert.Equal(["admin"], Roles.ScopesOf("admin"));
        Assert.Empty(Roles.ScopesOf("owner"));
        Assert.All(Roles.All, static role => Assert.Null(Registry.Tokens.TokenScopes.Refuse(Roles.ScopesOf(role))));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }
}
