using System.Buffers;
using System.Text.Json;

namespace Auxo.Registry.Npm.Publish;

/// <summary>
/// The JSON of a publish request as it arrives, without the bytes of its tarballs: it is read up to each attachment's
/// <c>data</c>, which somebody else reads, and goes on after it.
/// </summary>
internal sealed class PublishDocument : IDisposable
{
    /// <summary>All of it, without the tarballs: a package of many versions is sent whole when one of them is deprecated.</summary>
    public const int MaxBytes = 32 << 20;
    private readonly ArrayBufferWriter<byte> _document = new(4096);
    private readonly Utf8JsonWriter _writer;
    private JsonReaderState _state;
    private bool _inAttachments;

    public PublishDocument() => _writer = new Utf8JsonWriter(_document);

    /// <summary>Whose <c>data</c> comes next; null when the JSON goes on.</summary>
    public string? DataOf { get; private set; }

    /// <summary>The last brace was read.</summary>
    public bool Ended { get; private set; }

    private string? _attachment;

    /// <summary>Reads what it can of <paramref name="input"/>.</summary>
    /// <returns>How many bytes were read; it stopped where more are needed, at <see cref="DataOf"/>, or at the end.</returns>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    /// <exception cref="FormatException">It is too large.</exception>
    public long Read(ReadOnlySequence<byte> input, bool isFinal)
    {
        var reader = new Utf8JsonReader(input, isFinal, _state);
        while (DataOf is null && reader.Read())
        {
            if (Copy(ref reader)) continue;
            DataOf = _attachment;
        }

        _state = reader.CurrentState;
        if (_writer.BytesCommitted + _writer.BytesPending + input.Length - reader.BytesConsumed > MaxBytes && DataOf is null)
            throw new FormatException($"without its tarball it has more than {MaxBytes} bytes");
        return reader.BytesConsumed;
    }

    /// <summary>The data that <see cref="DataOf"/> named was read by somebody else.</summary>
    public void Skipped()
    {
        // For the reader, an empty text stood there.
        var reader = new Utf8JsonReader("\"\""u8, isFinalBlock: false, _state);
        reader.Read();
        _state = reader.CurrentState;
        _writer.WriteStringValue(ReadOnlySpan<byte>.Empty);
        DataOf = null;
    }

    /// <summary>What was read, once it has ended. A member that stands there twice is refused: readers take different ones.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public JsonDocument Parse()
    {
        _writer.Flush();
        return JsonDocument.Parse(_document.WrittenMemory, new JsonDocumentOptions { AllowDuplicateProperties = false });
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    /// <summary>Copies a token; false at the name of a tarball's data.</summary>
    private bool Copy(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                _writer.WriteStartObject();
                return true;
            case JsonTokenType.EndObject:
                _writer.WriteEndObject();
                Ended = reader.CurrentDepth == 0;
                return true;
            case var other when reader.CurrentDepth == 0:
                throw new JsonException($"A JSON object was expected, not a {other}.");
            case JsonTokenType.StartArray:
                _writer.WriteStartArray();
                return true;
            case JsonTokenType.EndArray:
                _writer.WriteEndArray();
                return true;
            case JsonTokenType.PropertyName:
                return CopyName(reader.GetString()!, reader.CurrentDepth);
            case JsonTokenType.String:
                _writer.WriteStringValue(reader.GetString());
                return true;
            default:
                _writer.WriteRawValue(reader.HasValueSequence
                    ? reader.ValueSequence : new ReadOnlySequence<byte>(reader.ValueSpan.ToArray()));
                return true;
        }
    }

    private bool CopyName(string name, int depth)
    {
        _writer.WritePropertyName(name);
        if (depth == 1) _inAttachments = name == "_attachments";
        if (!_inAttachments) return true;
        if (depth == 2) _attachment = name;
        // The bundle of a signature is text; only tarballs are Base64.
        return depth != 3 || name != "data" || _attachment?.EndsWith(".tgz", StringComparison.Ordinal) != true;
    }
}
