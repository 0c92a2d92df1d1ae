using System.Text.Json.Serialization;

using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;
using Auxo.Notify.Routes;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Notify.Templates;

/// <summary>A template to set.</summary>
/// <param name="Source">In Liquid, at most 16,384 characters.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TemplateRequest(string? Source);

/// <summary>A look at a form before it is used.</summary>
/// <param name="Type">What happens; <c>build.failed</c> by default.</param>
/// <param name="Source">A template; left out, the one that the channel has.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PreviewRequest(string? Type = null, string? Source = null);

/// <summary>What would be sent.</summary>
/// <param name="Channel">By which channel.</param>
/// <param name="Type">Of what.</param>
/// <param name="Text">In the language of the channel; null when the built-in form would be sent.</param>
/// <param name="Problem">Why the built-in form would be sent; null when the template is used.</param>
public sealed record PreviewAnswer(string Channel, string Type, string? Text, string? Problem);

/// <summary>422: a template cannot be read.</summary>
public sealed class InvalidTemplateException(string detail) : AuxoException("template/invalid", 422,
    $"The template cannot be used: {detail}.");

/// <summary>404: the channel has no template.</summary>
public sealed class NoSuchTemplateException(string channel) : AuxoException(
    "template/not-found", 404, $"The channel '{channel}' has no template; its messages have the built-in form.");

/// <summary>
/// <c>PUT</c>, <c>GET</c> and <c>DELETE /channels/{name}/template</c>, and <c>POST /channels/{name}/template/preview</c>: the form of a
/// channel's messages.
/// </summary>
public static class ManageTemplates
{
    /// <summary>Maps the routes.</summary>
    public static void MapTemplates(this IEndpointRouteBuilder app)
    {
        app.MapPut("/channels/{name}/template", PutAsync).WithName("SetTemplate").RequireScope(NotifyScopes.Write);
        app.MapGet("/channels/{name}/template", GetAsync).WithName("GetTemplate").RequireScope(NotifyScopes.Read);
        app.MapDelete("/channels/{name}/template", DeleteAsync).WithName("RemoveTemplate").RequireScope(NotifyScopes.Write);
        app.MapPost("/channels/{name}/template/preview", PreviewAsync).WithName("PreviewTemplate").RequireScope(NotifyScopes.Write);
    }

    private static async Task<Ok<TemplateAnswer>> PutAsync(
        string name, TemplateRequest request, HttpContext http, IDocumentStore store, NpgsqlDataSource source, TimeProvider time,
        CancellationToken ct)
    {
        await ChannelAsync(name, store, ct);
        if (MessageTemplate.Refuse(request.Source ?? "") is { } wrong) throw new InvalidTemplateException(wrong);
        var template = new TemplateAnswer(name, request.Source!, http.Caller(), time.GetUtcNow());
        await TemplateTable.SetAsync(source, template, ct);
        return TypedResults.Ok(template);
    }

    private static async Task<Ok<TemplateAnswer>> GetAsync(
        string name, IDocumentStore store, NpgsqlDataSource source, CancellationToken ct)
    {
        await ChannelAsync(name, store, ct);
        return TypedResults.Ok(await TemplateTable.FindAsync(source, name, ct) ?? throw new NoSuchTemplateException(name));
    }

    private static async Task<NoContent> DeleteAsync(
        string name, IDocumentStore store, NpgsqlDataSource source, CancellationToken ct)
    {
        await ChannelAsync(name, store, ct);
        return await TemplateTable.RemoveAsync(source, name, ct) ? TypedResults.NoContent() : throw new NoSuchTemplateException(name);
    }

    private static async Task<Ok<PreviewAnswer>> PreviewAsync(
        string name, PreviewRequest request, IDocumentStore store, NpgsqlDataSource source, TimeProvider time, CancellationToken ct)
    {
        var channel = await ChannelAsync(name, store, ct);
        var type = request.Type ?? "build.failed";
        if (!NotificationTypes.All.Contains(type)) throw new NoSuchTypeException(type);
        var template = request.Source ?? (await TemplateTable.FindAsync(source, name,
            ct))?.Source ?? throw new NoSuchTemplateException(name);
        var settings = await ChannelSettings.ReadAsync(source, name, ct);
        var rendered = MessageTemplate.Render(
            template, SampleNotification.Of(type, time.GetUtcNow()), channel.Kind, settings?.ReadsMarkdown is true, time);
        return TypedResults.Ok(new PreviewAnswer(name, type, rendered.Text, rendered.Problem));
    }

    private static async Task<Channels.Channel> ChannelAsync(string name, IDocumentStore store, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<Channels.Channel>(Channels.Channel.StreamKey(name), ct) is { Exists: true } channel
            ? channel
            : throw new NoSuchChannelException(name);
    }
}
