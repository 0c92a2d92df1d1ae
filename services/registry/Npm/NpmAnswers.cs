using System.Text.Json.Serialization;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Npm;

/// <summary>It is done.</summary>
/// <param name="Ok">True.</param>
/// <param name="Success">True; older clients look here.</param>
public sealed record NpmOk(bool Ok, bool Success);

/// <summary>Whose token it is.</summary>
public sealed record NpmWhoAmI(string Username);

/// <summary>A signed-in caller, and the token to send from now on.</summary>
public sealed record NpmLoggedIn(bool Ok, string Id, string Token);

/// <summary>A user, as far as clients ask.</summary>
public sealed record NpmUser([property: JsonPropertyName("_id")] string Id, string Name, string Email);

/// <summary>What comes again and again.</summary>
internal static class Answers
{
    public static JsonHttpResult<NpmOk> Created => TypedResults.Json(new NpmOk(true, true), HttpJson.Default.NpmOk, statusCode: 201);

    public static JsonHttpResult<NpmOk> Done => TypedResults.Json(new NpmOk(true, true), HttpJson.Default.NpmOk);
}
