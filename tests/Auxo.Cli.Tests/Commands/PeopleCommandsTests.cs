using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Commands;

/// <summary><c>auxo people</c></summary>
public sealed class PeopleCommandsTests
{
    private const string One = "did:key:z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT";
    private const string Two = "did:key:z6MkqeogXoHTADzDq1yapEfHVezZwSB8TQ1kb5nYPYVuDwU6";

    [Fact]
    public async Task the_list_names_role_sessions_and_ways_in()
    {
        await using var auxo = await StartAsync();
        var result = await auxo.RunAsync("people", "list");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("bob   developer  2", result.Out, StringComparison.Ordinal);
        Assert.Contains("password", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_empty_list_says_how_to_begin()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app => app.MapGet("/registry/people", static () => FakeAuxo.Page()));
        Assert.Contains("auxo people add NAME --role admin", (await auxo.RunAsync("people", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_password_comes_from_standard_input()
    {
        await using var auxo = await StartAsync();
        var result = await auxo.PipeAsync("correct horse battery\nmore\n", "people", "add", "carol", "--role", "viewer", "--password");
        Assert.Equal(0, result.ExitCode);
        var asked = Assert.Single(auxo.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));
        Assert.Contains("\"correct horse battery\"", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", result.Out + result.Error, StringComparison.Ordinal);

        var none = await auxo.PipeAsync("", "people", "add", "carol", "--role", "viewer", "--password");
        Assert.Equal((2, 1), (none.ExitCode, auxo.Requests.Count(static r => r.StartsWith("POST", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task a_key_is_added_to_those_that_are_there_and_taken_from_them()
    {
        await using var auxo = await StartAsync();
        Assert.Equal(0, (await auxo.RunAsync("people", "set", "bob", "--key", Two)).ExitCode);
        var added = Assert.Single(auxo.Requests, static r => r.StartsWith("PATCH", StringComparison.Ordinal));
        Assert.Contains(One, added, StringComparison.Ordinal);
        Assert.Contains(Two, added, StringComparison.Ordinal);
        Assert.DoesNotContain("role", added, StringComparison.Ordinal);
        Assert.Equal(0, (await auxo.RunAsync("people", "set", "bob", "--remove-key", One)).ExitCode);
        Assert.Contains("[]", auxo.Requests.Last(), StringComparison.Ordinal);
        Assert.Equal(1, (await auxo.RunAsync("people", "set", "bob", "--remove-key", Two)).ExitCode);
        Assert.Equal(1, (await auxo.RunAsync("people", "set", "nobody", "--key", Two)).ExitCode);
    }

    [Fact]
    public async Task no_wish_two_wishes_and_an_unknown_role_are_refused()
    {
        await using var auxo = await StartAsync();
        Assert.Equal(2, (await auxo.RunAsync("people", "set", "bob")).ExitCode);
        Assert.Equal(2, (await auxo.PipeAsync("x\n", "people", "set", "bob", "--password", "--no-password")).ExitCode);
        Assert.NotEqual(0, (await auxo.RunAsync("people", "add", "carol", "--role", "owner")).ExitCode);
        Assert.DoesNotContain(auxo.Requests, static r => !r.StartsWith("GET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_person_is_removed()
    {
        await using var auxo = await StartAsync();
        Assert.Equal(0, (await auxo.RunAsync("people", "remove", "bob")).ExitCode);
        Assert.Contains("DELETE /registry/people/bob", auxo.Requests);
    }

    private static Task<FakeAuxo> StartAsync() => FakeAuxo.StartAsync(static app =>
    {
        app.MapGet("/registry/people", static () => FakeAuxo.Page(Person("bob", One)));
        app.MapPost("/registry/people", static () => FakeAuxo.Json(Person("carol", One), 201));
        app.MapPatch("/registry/people/{name}", static (string name) => FakeAuxo.Json(Person(name, One)));
        app.MapDelete("/registry/people/{name}", static () => Results.NoContent());
    });

    private static string Person(string name, string key) => $$"""
        {"name":"{{name}}","role":"developer","hasPassword":true,"keys":["{{key}}"],"createdAt":"2026-11-20T12:00:00Z",
         "createdBy":"admin","sessions":2,"signedInAt":null}
        """;
}
