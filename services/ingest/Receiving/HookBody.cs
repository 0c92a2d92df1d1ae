using System.Text.Json;
using System.Text.Unicode;

using Auxo.Contracts;

namespace Auxo.Ingest.Receiving;

/// <summary>A body that is no webhook; the message says why.</summary>
public sealed class HookBodyException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// What a webhook's body names. All of it is hearsay: it tells where to look. What counts is read from the storage, and a
/// <c>clone_url</c> is not even read.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="Event">The event's type by the body itself (the CI broker's dialect), else by its shape; null when neither tells.</param>
/// <param name="Patch">The patch.</param>
/// <param name="Commit">The commit to build.</param>
/// <param name="Branch">The branch's short name.</param>
/// <param name="Context">Garden: the name of the webhook's configuration.</param>
/// <param name="StatusUrl">Garden: where the commit's status is to be reported.</param>
/// <param name="Seeder">Garden: the node that tells.</param>
public sealed record HookBody(
    Rid Rid, string? Event, PatchId? Patch, CommitId? Commit, string? Branch, string? Context, string? StatusUrl, string? Seeder)
{
    /// <summary>Deeper bodies are refused.</summary>
    public const int MaxDepth = 32;

    /// <summary>
    /// Reads every dialect that was seen: the patch's fields under <c>patch</c> or at the root, repository ids with and without
    /// <c>rad:</c>, branches as <c>nid/refs/heads/name</c>, Garden's additions, the CI broker's request. What it does not know
    /// it skips.
    /// </summary>
    /// <exception cref="HookBodyException">Not JSON, too deep, no UTF-8, or it names no repository.</exception>
    public static HookBody Parse(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body)) throw new HookBodyException("The body is not valid UTF-8.");
        if (body.StartsWith("\uFEFF"u8)) body = body[3..];
        var found = new Found();
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new HookBodyException("The body is no JSON object.");
            ReadObject(ref reader, Place.Root, ref found);
            if (reader.Read()) throw new HookBodyException("More follows after the JSON object.");
        }
        catch (JsonException e)
        {
            throw new HookBodyException(
                $"The body is not JSON, or deeper than {MaxDepth} levels: line {(e.LineNumber ?? 0) + 1}, byte "
                    + $"{(e.BytePositionInLine ?? 0) + 1}.", e);
        }
        catch (InvalidOperationException e)
        {
            throw new HookBodyException("A text of the body is no valid Unicode.", e);
        }

        if (!Rid.TryParse(found.Rid, provider: null, out var rid)) throw new HookBodyException(
            "The body names no repository: 'repository.id' must be a repository id.");
        var isPatch = found.HasPatch || PatchId.TryParse(found.FlatId, null, out _);
        return new HookBody(
            rid, found.Event ?? (isPatch ? "patch" : found.After is null ? null : "push"),
            PatchId.TryParse(found.PatchId ?? found.FlatId, null, out var patch) ? patch : null,
            CommitId.TryParse(found.PatchAfter ?? found.After, null, out var commit) ? commit : null,
            Short(found.Branch), found.Context, found.StatusUrl, found.Seeder);
    }

    private enum Place
    {
        Root,
        Repository,
        Patch,
    }

    private ref struct Found
    {
        public string? Rid, Event, PatchId, FlatId, After, PatchAfter, Branch, Context, StatusUrl, Seeder;
        public bool HasPatch;
    }

    private static void ReadObject(ref Utf8JsonReader reader, Place place, ref Found found)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref reader, place);
            reader.Read();
            switch (place, name, reader.TokenType)
            {
                case (Place.Root, Field.Repository, JsonTokenType.StartObject):
                    ReadObject(ref reader, Place.Repository, ref found);
                    break;
                case (Place.Root, Field.Patch, JsonTokenType.StartObject):
                    found.HasPatch = true;
                    ReadObject(ref reader, Place.Patch, ref found);
                    break;
                case (_, not Field.Other, JsonTokenType.String):
                    Take(place, name, reader.GetString(), ref found);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private enum Field
    {
        Other,
        Repository,
        Patch,
        Id,
        After,
        Branch,
        Event,
        Context,
        StatusUrl,
        Seeder,
    }

    private static Field Name(ref Utf8JsonReader reader, Place place) => place switch
    {
        Place.Root => reader.ValueTextEquals("repository"u8) ? Field.Repository
            : reader.ValueTextEquals("patch"u8) ? Field.Patch
            : reader.ValueTextEquals("id"u8) ? Field.Id
            : reader.ValueTextEquals("after"u8) ? Field.After
            : reader.ValueTextEquals("branch"u8) ? Field.Branch
            : reader.ValueTextEquals("event_type"u8) ? Field.Event
            : reader.ValueTextEquals("context"u8) ? Field.Context
            : reader.ValueTextEquals("commit_status_url"u8) ? Field.StatusUrl
            : Field.Other,
        Place.Repository => reader.ValueTextEquals("id"u8) ? Field.Id : reader.ValueTextEquals("seeder"u8) ? Field.Seeder : Field.Other,
        _ => reader.ValueTextEquals("id"u8) ? Field.Id : reader.ValueTextEquals("after"u8) ? Field.After : Field.Other,
    };

    private static void Take(Place place, Field field, string? value, ref Found found)
    {
        switch (place, field)
        {
            case (Place.Root, Field.Repository) or (Place.Repository, Field.Id): found.Rid = value; break;
            case (Place.Repository, Field.Seeder): found.Seeder = value; break;
            case (Place.Patch, Field.Id): found.PatchId = value; break;
            case (Place.Patch, Field.After): found.PatchAfter = value; break;
            case (Place.Root, Field.Id): found.FlatId = value; break;
            case (Place.Root, Field.After): found.After = value; break;
            case (Place.Root, Field.Branch): found.Branch = value; break;
            case (Place.Root, Field.Event): found.Event = value; break;
            case (Place.Root, Field.Context): found.Context = value; break;
            case (Place.Root, Field.StatusUrl): found.StatusUrl = value; break;
            default: break;
        }
    }

    private static string? Short(string? branch)
    {
        const string heads = "refs/heads/";
        return branch is not null
            && branch.IndexOf(heads, StringComparison.Ordinal) is >= 0 and var at ? branch[(at + heads.Length)..] : branch;
    }
}
