using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Auxo.Torture.Load;

/// <summary>Signed webhooks, as the repository's host would send them.</summary>
internal static class Hooks
{
    /// <summary>Tells of a patch until it is acknowledged.</summary>
    public static Task<bool> PatchAsync(World world, string rid, string secret, string patch, string head, CancellationToken ct)
        => SendAsync(world, rid, secret, "patch", new JsonObject
        {
            ["action"] = "created", ["patch"] = new JsonObject { ["id"] = patch, ["after"] = head }, ["repository"] = new JsonObject
            {
                ["id"] = rid,
            },
        }, ct);

    /// <summary>Tells of a push until it is acknowledged.</summary>
    /// <param name="world">Whose webhook.</param>
    /// <param name="rid">The repository.</param>
    /// <param name="secret">Its secret.</param>
    /// <param name="commit">The new head.</param>
    /// <param name="delivery">Makes the body another one than that of the last webhook of this commit.</param>
    /// <param name="ct">Gives up.</param>
    public static Task<bool> PushAsync(World world, string rid, string secret, string commit, string delivery, CancellationToken ct)
        => SendAsync(world, rid, secret, "push", new JsonObject
        {
            ["event_type"] = "push", ["after"] = commit, ["branch"] = "main", ["delivery"] = delivery, ["repository"] = new JsonObject
            {
                ["id"] = rid,
            },
        }, ct);

    private static async Task<bool> SendAsync(World world, string rid, string secret, string type, JsonObject json, CancellationToken ct)
    {
        var body = Encoding.UTF8.GetBytes(json.ToJsonString());
        var signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
        var acknowledged = await world.Door("ingest").TellAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, "/hooks/radicle") { Content = new ByteArrayContent(body) };
                request.Headers.Add("x-radicle-event-type", type);
                request.Headers.Add("X-Hub-Signature-256", signature);
                return request;
            },
            static status => status == HttpStatusCode.Accepted, $"webhook {type} of {rid}", ct);
        if (acknowledged) world.Ledger.Webhooks[Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(rid), 0, .. body]))] =
            $"{type} of {rid}: {json.ToJsonString()}";
        return acknowledged;
    }
}
