using System.Net;
using System.Text.Json;

using Alba;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Auxo.ServiceDefaults.Tests;

public sealed class ProblemsTests
{
    [Fact]
    public async Task an_expected_failure_is_a_typed_problem()
    {
        await using var service = await StartAsync();

        var problem = await ProblemAsync(service, "/finished", HttpStatusCode.Conflict);

        Assert.Equal("auxo:build/already-finished", problem.GetProperty("type").GetString());
        Assert.Equal("Already finished", problem.GetProperty("title").GetString());
        Assert.Equal("Build 3f2a1c7 has ended. Run it again with 'auxo ci rerun 3f2a1c7'.", problem.GetProperty("detail").GetString());
        Assert.Equal(409, problem.GetProperty("status").GetInt32());
        Assert.Equal(32, problem.GetProperty("traceId").GetString()!.Length);
    }

    [Fact]
    public async Task a_returned_problem_looks_like_a_thrown_one()
    {
        await using var service = await StartAsync();

        var problem = await ProblemAsync(service, "/missing", HttpStatusCode.NotFound);

        Assert.Equal("auxo:build/not-found", problem.GetProperty("type").GetString());
        Assert.Equal(32, problem.GetProperty("traceId").GetString()!.Length);
    }

    [Theory]
    [InlineData("append")]
    [InlineData("start")]
    [InlineData("start-inline")]
    public async Task a_lost_race_is_a_conflict_whatever_library_reports_it(string how)
    {
        await using var service = await StartAsync();

        var problem = await ProblemAsync(service, $"/race/{how}", HttpStatusCode.Conflict);

        Assert.Equal("auxo:state/changed-meanwhile", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task a_defect_tells_nothing_of_the_inside()
    {
        await using var service = await StartAsync();

        var response = await service.GetAsync("/defect", HttpStatusCode.InternalServerError);
        var text = await response.ReadAsTextAsync();

        Assert.Contains("auxo:internal/unexpected", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("InvalidOperationException", text, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"size\":\"x\"}", "at $.size, line 1")]
    [InlineData("{\n \"size\": 1,,", "line 2")]
    [InlineData("", "body")]
    public async Task a_body_that_is_not_the_expected_json_says_where(string body, string where)
    {
        await using var service = await StartAsync();

        var response = await PostAsync(service, body);
        var problem = await response.ReadAsJsonAsync<JsonElement>();

        Assert.StartsWith("auxo:request/invalid", problem.GetProperty("type").GetString());
        Assert.Contains(where, problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("?asOf=yesterday", "'asOf' cannot be read: 'yesterday' is no time; one looks like 2026-11-28T12:00:00Z, or 2026-11-28.")]
    [InlineData("?from=2026-13-01", "'from' cannot be read: '2026-13-01' is no time")]
    [InlineData("?days=many", "'days' cannot be read: 'many' is no whole number.")]
    [InlineData("?position=1e99", "'position' cannot be read: '1e99' is no whole number.")]
    [InlineData("?all=perhaps", "'all' cannot be read: 'perhaps' is no yes or no; write true or false.")]
    [InlineData("?build=x", "'build' cannot be read: 'x' is no id; one looks like 01932f6e-1111-7222-8333-444455556666.")]
    [InlineData("?rid=x", "'rid' cannot be read: 'x' is no Rid")]
    public async Task a_part_of_the_address_that_cannot_be_read_is_named(string query, string detail)
    {
        await using var service = await StartAsync();

        var problem = await ProblemAsync(service, "/asked" + query, HttpStatusCode.BadRequest);

        Assert.StartsWith(detail, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task a_body_without_its_ids_says_which()
    {
        await using var service = await StartAsync();

        var problem = await ProblemOfAsync(service, "/reported", "{}", "application/json", HttpStatusCode.BadRequest);

        Assert.Equal("The body lacks 'rid', 'commit'.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task an_unknown_charset_is_an_unsupported_type()
    {
        await using var service = await StartAsync();
        await ProblemOfAsync(service, "/body", "{}", "application/json; charset=utf-99", HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("57P03", HttpStatusCode.ServiceUnavailable)]
    [InlineData("22021", HttpStatusCode.BadRequest)]
    [InlineData("42P01", HttpStatusCode.InternalServerError)]
    public async Task what_the_database_says_counts_however_it_is_wrapped(string state, HttpStatusCode expected)
    {
        await using var service = await StartAsync();
        await ProblemAsync(service, $"/database/{state}", expected);
    }

    [Fact]
    public async Task nesting_without_end_is_refused()
    {
        await using var service = await StartAsync();

        await PostAsync(service, new string('[', 100_000));
    }

    [Fact]
    public async Task a_method_that_a_route_does_not_have_is_a_problem_too()
    {
        await using var service = await StartAsync();

        await service.Scenario(static s =>
        {
            s.Delete.Url("/body");
            s.StatusCodeShouldBe(HttpStatusCode.Unauthorized);
            s.ContentTypeShouldBe("application/problem+json");
        });
    }

    [Fact]
    public async Task enums_are_words_in_snake_case()
    {
        await using var service = await StartAsync();
        var options = service.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

        Assert.Equal("""{"size":3,"wait":"awaiting_approval"}""", JsonSerializer.Serialize(new Body(3, Wait.AwaitingApproval), options));
        Assert.Equal(
            Wait.AwaitingApproval, JsonSerializer.Deserialize<Body>("""{"size":3,"wait":"awaiting_approval","more":1}""", options)!.Wait);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Body>("""{"wait":1}""", options));
    }

    private static Task<IAlbaHost> StartAsync() => TestService.HostAsync(app =>
    {
        var open = app.MapGroup("").AllowAnonymous();
        open.MapGet("/finished", string () => throw new BuildAlreadyFinished("3f2a1c7"));
        open.MapGet("/missing", () => AuxoProblem.NotFound("build/not-found", "There is no such build."));
        open.MapGet("/race/append", string () => throw new JasperFx.ConcurrencyException("lost"));
        open.MapGet("/race/start", string () => throw new JasperFx.Events.ExistingStreamIdCollisionException("a", typeof(Body)));
        open.MapGet("/race/start-inline", string () => throw new Marten.Exceptions.ExistingStreamIdCollisionException("a", typeof(Body)));
        open.MapGet("/defect", string () => throw new InvalidOperationException("password hunter2"));
        open.MapGet("/asked", ([AsParameters] Asked asked, Guid? build, bool? all, Contracts.Rid? rid) => TypedResults.Ok());
        open.MapPost("/reported", (Reported body) => TypedResults.Ok(body.Rid.Value));
        open.MapGet("/database/{state}", string (string state) => throw new InvalidOperationException(
            "wrapped", new AggregateException(new Npgsql.PostgresException("said", "ERROR", "ERROR", state))));
        open.MapPost("/body", (Body body) => TypedResults.Ok(body));
    });

    private static async Task<JsonElement> ProblemAsync(IAlbaHost service, string path, HttpStatusCode expected)
    {
        var answer = await service.GetAsync(path, expected);
        Assert.Equal("application/problem+json", answer.Context.Response.ContentType);
        return await answer.ReadAsJsonAsync<JsonElement>();
    }

    private static Task<IScenarioResult> PostAsync(IAlbaHost service, string body) => service.Scenario(s =>
    {
        s.Post.RawJson(body).ToUrl("/body");
        s.StatusCodeShouldBe(HttpStatusCode.BadRequest);
    });

    private enum Wait
    {
        Queued,
        AwaitingApproval,
    }

    private sealed record Body(int Size, Wait Wait);

    private sealed class BuildAlreadyFinished(string id)
        : AuxoException("build/already-finished", 409, $"Build {id} has ended. Run it again with 'auxo ci rerun {id}'.");

    private static async Task<JsonElement> ProblemOfAsync(
        IAlbaHost service, string path, string body, string type, HttpStatusCode expected)
    {
        using var client = service.GetTestClient();
        using var content = new StringContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
        using var answer = await client.PostAsync(path, content);
        Assert.Equal(expected, answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    private sealed record Reported(Contracts.Rid Rid, Contracts.CommitId Commit, string? Note = null);

    private sealed record Asked
    {
        public DateTimeOffset? AsOf { get; init; }

        public DateTimeOffset? From { get; init; }

        public int? Days { get; init; }

        public long? Position { get; init; }
    }
}
