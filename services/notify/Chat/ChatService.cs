using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Notify.Channels;

namespace Auxo.Notify.Chat;

/// <summary>A chat service: its form of a card, its limits, and what is particular in its answers. Pure.</summary>
public abstract class ChatService
{
    /// <summary>All that are served.</summary>
    public static IReadOnlyList<ChatService> All { get; } = [new Slack(), new Discord(), new Ntfy(), new Matrix(), new Teams()];

    /// <summary>The channels that it serves.</summary>
    public abstract ChannelKind Kind { get; }

    /// <summary>What people call it.</summary>
    public abstract string Name { get; }

    /// <summary>How it is asked.</summary>
    public virtual HttpMethod Method => HttpMethod.Post;

    /// <summary>Where a delivery goes.</summary>
    public virtual string Address(ChatSettings settings, string delivery) => settings.Url;

    /// <summary>The card in its form; shortened by <see cref="Write"/> until it fits.</summary>
    public abstract JsonObject Body(Card card, ChatSettings settings);

    /// <summary>Whether it takes a body of this size.</summary>
    /// <param name="body">The body.</param>
    /// <param name="bytes">Its length in UTF-8.</param>
    public abstract bool Fits(JsonObject body, int bytes);

    /// <summary>How long it wants to be left alone, where that stands in the body of its answer.</summary>
    public virtual TimeSpan? Wish(JsonObject answer) => null;

    /// <summary>The status that an answer stands for, where the body says another one than the head.</summary>
    public virtual int Status(int status, string excerpt) => status;

    /// <summary>The body of a delivery, with fewer lines and fields rather than one that is refused.</summary>
    public byte[] Write(Card card, ChatSettings settings)
    {
        while (true)
        {
            var body = Body(card, settings);
            var bytes = Bytes(body);
            if (Fits(body, bytes.Length) || card.Shorter() is not { } shorter) return bytes;
            card = shorter;
        }
    }

    /// <summary>Letters beyond ASCII as they are: escaped, they would need three times the room.</summary>
    private static byte[] Bytes(JsonObject body)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            body.WriteTo(writer);
        return bytes.WrittenSpan.ToArray();
    }
}
