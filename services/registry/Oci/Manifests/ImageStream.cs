namespace Auxo.Registry.Oci.Manifests;

/// <summary>
/// The stream of an image, to which one writer at a time appends. What a decision needs is in the tables: it is read after the
/// version, so that whoever writes meanwhile makes the save fail, and it is decided again. No view of the stream is kept, since it
/// would grow with the tags.
/// </summary>
internal sealed class ImageStream
{
    private readonly IDocumentSession _session;
    private readonly string _key;
    private readonly long _version;

    private ImageStream(IDocumentSession session, string key, long version) => (_session, _key, _version) = (session, key, version);

    /// <summary>The key of an image's stream.</summary>
    public static string KeyOf(string name) => $"image/{name}";

    /// <summary>Reads how far it is. Call it before anything that the decision rests on is read.</summary>
    public static async Task<ImageStream> OpenAsync(IDocumentSession session, string name, CancellationToken ct)
    {
        var key = KeyOf(name);
        return new ImageStream(session, key, (await session.Events.FetchStreamStateAsync(key, ct))?.Version ?? 0);
    }

    /// <summary>Appends with the session's next save, which fails when somebody else was first.</summary>
    public void Append(params IReadOnlyCollection<ImageEvent> events)
    {
        if (events.Count == 0) return;
        if (_version == 0) _session.Events.StartStream(_key, events);
        else _session.Events.Append(_key, _version + events.Count, events);
    }
}
