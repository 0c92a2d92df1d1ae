using System.Buffers;
using System.Diagnostics;

using Auxo.Ingest.Scanning;
using Auxo.Ingest.Statuses;
using Auxo.ServiceDefaults.Access;

namespace Auxo.Ingest.Receiving;

/// <summary>A webhook is refused.</summary>
public sealed class HookRefusedException(string type, int status, string detail) : AuxoException(type, status, detail)
{
    /// <summary>An unknown repository and a wrong signature get the same answer: nobody learns what is tracked here.</summary>
    public static HookRefusedException Unauthenticated() => new(
        "hook/unauthenticated", 401,
        "No tracked repository of that id accepts this signature. Give the sender the repository's secret ('auxo repo "
            + "secret RID' makes a new one), or track it first ('auxo repo track').");
}

/// <summary>
/// <c>POST /hooks/radicle</c> and <c>POST /</c>: a webhook of any known dialect. It is answered after its receipt is committed,
/// and the repository is scanned after that. Its words decide nothing; they only start the scan.
/// </summary>
public static class ReceiveHook
{
    /// <summary>Larger bodies are refused.</summary>
    public const int MaxBytes = 1 << 20;

    private const string EventHeader = "x-radicle-event-type";

    /// <summary>Maps the routes.</summary>
    public static void MapReceiveHook(this IEndpointRouteBuilder app)
    {
        // A handler that reads the request itself has no parameters to be described by; by its method it is described all the same.
        foreach (var (path, name) in ((string, string)[])[("/hooks/radicle", "ReceiveHook"), ("/", "ReceiveHookAtRoot")])
        {
            app.MapPost(path, (RequestDelegate)ReceiveAsync).WithName(name).WithMetadata(((RequestDelegate)ReceiveAsync).Method)
                .AllowAnonymous();
        }
    }

    private static async Task ReceiveAsync(HttpContext http)
    {
        var services = http.RequestServices;
        var headers = http.Request.Headers;
        var (hub, own, type) = (headers[HookSignature.HubHeader], headers[HookSignature.RadicleHeader], headers[EventHeader]);
        foreach (var (name, header) in ((string, Microsoft.Extensions.Primitives.StringValues)[])[
            (HookSignature.HubHeader, hub), (HookSignature.RadicleHeader, own), (EventHeader, type)])
        {
            if (HookSignature.IsRepeated(header)) throw new HookRefusedException(
                "hook/repeated-header", 400, $"The header {name} stands there {header.Count} times; send it once.");
        }

        if (http.Request.ContentLength > MaxBytes) throw TooLarge();
        var buffer = ArrayPool<byte>.Shared.Rent((int)(http.Request.ContentLength ?? MaxBytes) + 1);
        try
        {
            var length = await ReadAsync(http, buffer);
            var (body, signature, known) = Check(buffer.AsSpan(0, length), hub, own, services.GetRequiredService<WebhookSecrets>());
            // A hint from this machine is answered alike whatever it names, so that it does not tell what is tracked here.
            var isHint = signature == SignatureCheck.Absent && LocalCaller.Is(http);
            if (!isHint && !(known && signature == SignatureCheck.Verified)) throw HookRefusedException.Unauthenticated();

            var kind = Kind(type.Count == 1 ? type[0] : body.Event);
            if (kind is null)
            {
                await AnswerAsync(http, StatusCodes.Status200OK, """{"status":"ignored"}"""u8.ToArray());
                return;
            }

            await AcceptAsync(http, body, kind, signature == SignatureCheck.Verified, Receipt.KeyOf(body.Rid, buffer.AsSpan(0, length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task AcceptAsync(HttpContext http, HookBody body, string kind, bool signed, byte[] key)
    {
        var services = http.RequestServices;
        if (!signed)
        {
            // A hint from this machine, such as a git hook's: nothing to prove, so nothing to keep.
            services.GetRequiredService<Observer>().Find(body.Rid)?.Wake(DetectedBy.Webhook);
            await AnswerAsync(http, StatusCodes.Status202Accepted, Looking);
            return;
        }

        var receipt = new Receipt(
            key, body, kind, signed, Activity.Current?.TraceId.ToString(), services.GetRequiredService<TimeProvider>().GetUtcNow());
        var isNew = await services.GetRequiredService<ReceiptLog>().WriteAsync(receipt, http.RequestAborted);
        if (isNew && services.GetRequiredService<Observer>().Find(body.Rid) is { } watch)
            watch.Wake(DetectedBy.Webhook, body.Commit, body.Patch?.Value ?? body.Branch);
        if (isNew && body is { Commit: { } commit, StatusUrl: { } url, Context: { } context, Seeder: { } seeder })
            await services.GetRequiredService<IMessageBus>().PublishAsync(
                new StatusAsked(body.Rid, commit, new StatusPlace(url, context, seeder)));
        await AnswerAsync(http, StatusCodes.Status202Accepted, isNew ? Accepted : Duplicate);
    }

    private static readonly byte[] Accepted = """{"status":"accepted"}"""u8.ToArray();
    private static readonly byte[] Duplicate = """{"status":"duplicate"}"""u8.ToArray();
    private static readonly byte[] Looking = """{"status":"looking"}"""u8.ToArray();

    private static (HookBody Body, SignatureCheck Signature, bool Known) Check(
        ReadOnlySpan<byte> raw, Microsoft.Extensions.Primitives.StringValues hub,
        Microsoft.Extensions.Primitives.StringValues own, WebhookSecrets secrets)
    {
        try
        {
            var body = HookBody.Parse(raw);
            var (known, secret) = secrets.Find(body.Rid);
            return (body, HookSignature.Check(hub, own, secret, raw), known);
        }
        catch (HookBodyException e)
        {
            throw new HookRefusedException("hook/invalid-body", 400, e.Message);
        }
    }

    /// <summary>Pushes and patches in the words of every sender; null for what Auxo does not follow (issues, say).</summary>
    private static string? Kind(string? type) => type?.ToLowerInvariant() switch
    {
        "push" or "branch_created" or "branch_updated" or "branch_deleted" or "tag_created" or "tag_updated" or "tag_deleted" => "push",
        "patch" or "patch_created" or "patch_updated" => "patch",
        _ => null,
    };

    private static async Task<int> ReadAsync(HttpContext http, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var read = await http.Request.Body.ReadAsync(buffer.AsMemory(length), http.RequestAborted);
            if (read == 0) return length;
            length += read;
            if (length == buffer.Length || length > MaxBytes) throw TooLarge();
        }
    }

    private static HookRefusedException TooLarge() => new("hook/too-large", 413, $"A webhook's body may have at most {MaxBytes} bytes.");

    private static Task AnswerAsync(HttpContext http, int status, byte[] json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        return http.Response.Body.WriteAsync(json, http.RequestAborted).AsTask();
    }
}
