using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

using Auxo.ServiceDefaults.Egress;

namespace Auxo.Notify.Channels;

/// <summary>An incoming webhook of a chat service, whose address says which channel and that one may.</summary>
/// <param name="Url">Left out, the one it has.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChatHookRequest(string? Url = null);

/// <summary>A topic at an ntfy server.</summary>
/// <param name="Url">Server and topic, such as <c>https://ntfy.sh/mytopic</c>; left out, the one it has.</param>
/// <param name="Token">Where the topic is protected; left out, the one it has, as long as the server stays the same.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NtfyRequest(string? Url = null, string? Token = null);

/// <summary>A Matrix room.</summary>
/// <param name="Url">The home server; left out, the one it has.</param>
/// <param name="Room">The room's id, <c>!…</c>; left out, the one it has.</param>
/// <param name="Token">Of the user who posts; left out, the one it has, as long as the server stays the same.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MatrixRequest(string? Url = null, string? Room = null, string? Token = null);

/// <summary>The settings of chat channels that follow from requests.</summary>
public static partial class ChatRequests
{
    /// <summary>Of a request for a chat channel; null when it is for none.</summary>
    /// <exception cref="InvalidChannelException">It cannot be like that.</exception>
    public static ChatSettings? Decide(ChannelRequest request, ChatSettings? before, EgressGuard guard) => request switch
    {
        { Slack: { } slack } => Hook(ChannelKind.Slack, slack, before, guard),
        { Discord: { } discord } => Hook(ChannelKind.Discord, discord, before, guard),
        { Teams: { } teams } => Hook(ChannelKind.Teams, teams, before, guard),
        { Ntfy: { } ntfy } => Of(ntfy, Same(before, ChannelKind.Ntfy), guard),
        { Matrix: { } matrix } => Of(matrix, Same(before, ChannelKind.Matrix), guard),
        _ => null,
    };

    /// <summary>Why a plain webhook reaches nobody here, and what to give instead; null when nothing is known against it.</summary>
    internal static string? Instead(Uri url) => url switch
    {
        { Host: "hooks.slack.com" } => "That is Slack's address, and Slack does not read Standard Webhooks. Give it as 'slack' instead.",
        { Host: "discord.com" or "discordapp.com" } when url.AbsolutePath.Contains("/webhooks/", StringComparison.Ordinal)
            => "That is Discord's address, and Discord does not read Standard Webhooks. Give it as 'discord' instead.",
        _ => null,
    };

    private static ChatSettings Hook(ChannelKind kind, ChatHookRequest request, ChatSettings? before, EgressGuard guard)
    {
        var url = Url(request.Url ?? Same(before, kind)?.Url, guard);
        if (url.AbsolutePath.Length < 2)
            throw new InvalidChannelException("That is the service's own address. Give the whole address of the incoming webhook.");
        if (kind == ChannelKind.Discord && Disguise().Match(url.AbsolutePath) is { Success: true } disguise)
            throw new InvalidChannelException($"Leave '{disguise.Value}' away from the end: Discord's own form is sent.");
        return new ChatSettings(kind, url.AbsoluteUri);
    }

    private static ChatSettings Of(NtfyRequest request, ChatSettings? before, EgressGuard guard)
    {
        var url = Url(request.Url ?? before?.Url, guard);
        if (!Topic().IsMatch(url.AbsolutePath) || url.Query.Length > 0)
            throw new InvalidChannelException(
                "Give server and topic, such as https://ntfy.sh/mytopic; a topic has at most 64 letters, digits, dashes and underscores.");
        return new ChatSettings(ChannelKind.Ntfy, url.GetLeftPart(UriPartial.Path), Token: Token(request.Token, before, url));
    }

    private static ChatSettings Of(MatrixRequest request, ChatSettings? before, EgressGuard guard)
    {
        var url = Url(request.Url ?? before?.Url, guard);
        if (url.Query.Length > 0 || url.AbsolutePath.Contains("/_matrix/", StringComparison.Ordinal))
            throw new InvalidChannelException("Give the home server alone, such as https://matrix.example.org.");
        var room = request.Room ?? before?.Room;
        if (room is not { Length: > 1 and <= 255 } || room[0] != '!' || room.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c)))
            throw new InvalidChannelException(
                $"'{room}' is no room's id: it begins with '!' and stands in the room's settings, under 'Advanced'.");
        return new ChatSettings(
            ChannelKind.Matrix, url.GetLeftPart(UriPartial.Path).TrimEnd('/'), room,
            Token(request.Token, before, url) ?? throw new InvalidChannelException("A token of the user who shall post is missing."));
    }

    /// <summary>A token is for its server alone: who may change an address must not have it sent to another one.</summary>
    private static string? Token(string? given, ChatSettings? before, Uri url)
    {
        if (given is null)
            return before is not null && Server(new Uri(before.Url)) == Server(url) ? before.Token : null;
        return given.Length is > 0 and <= 4096 && given.All(static c => c is > ' ' and < '\x7f')
            ? given
            : throw new InvalidChannelException("The token is none: it has no spaces and only ASCII characters.");
    }

    private static string Server(Uri url) => url.GetLeftPart(UriPartial.Authority);

    private static Uri Url(string? url, EgressGuard guard)
    {
        try
        {
            return guard.Parse(url);
        }
        catch (EgressDeniedException e)
        {
            throw new InvalidChannelException(e.Message);
        }
    }

    private static ChatSettings? Same(ChatSettings? before, ChannelKind kind) => before?.Kind == kind ? before : null;

    [GeneratedRegex("/(?:slack|github)/?\\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Disguise();

    [GeneratedRegex("/[-_A-Za-z0-9]{1,64}\\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Topic();
}
