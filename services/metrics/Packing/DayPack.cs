using System.Globalization;
using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Packing;

/// <summary>
/// The facts of one repository that happened on one day (UTC), one after the other in the order in which they were learned, in
/// few bytes. The document of <see cref="FactDays"/>: a question about a year reads hundreds of them instead of tens of
/// thousands of streams (docs/decisions/113).
/// </summary>
public sealed class DayPack
{
    private byte[] _facts = [];
    private int _length;

    /// <summary>See <see cref="Key"/>.</summary>
    public string Id { get; set; } = "";

    /// <summary>Whose facts they are.</summary>
    public string Repository { get; set; } = "";

    /// <summary>The position of the last event whose fact is in it.</summary>
    public long Position { get; set; }

    /// <summary>The facts as <see cref="FactWriter"/> writes them.</summary>
    public ReadOnlyMemory<byte> Facts
    {
        get => _facts.AsMemory(0, _length);
        set => (_facts, _length) = (value.ToArray(), value.Length);
    }

    /// <summary>Adds a fact.</summary>
    public void Add(Fact fact)
    {
        var writer = new FactWriter(_facts, _length);
        writer.Write(fact);
        (_facts, _length) = (writer.Buffer, writer.Length);
    }

    /// <summary>Adds a phase of a build.</summary>
    public void Add(BuildPhase phase)
    {
        var writer = new FactWriter(_facts, _length);
        writer.Write(phase);
        (_facts, _length) = (writer.Buffer, writer.Length);
    }

    /// <summary>The document's id.</summary>
    public static string Key(Rid rid, DateTimeOffset at)
        => string.Create(CultureInfo.InvariantCulture, $"{rid}/{at.UtcDateTime:yyyy-MM-dd}");
}
