using System.Buffers.Binary;

namespace Auxo.Metrics.Facts;

/// <summary>
/// A commit's or a patch's id as 20 bytes in place: a repository's facts have hundreds of thousands of them, and as texts they
/// would be most of its memory. Ordered as the texts are.
/// </summary>
public readonly record struct Oid : IComparable<Oid>
{
    private readonly ulong _high;
    private readonly ulong _middle;
    private readonly uint _low;

    /// <summary>From its 20 bytes.</summary>
    public Oid(ReadOnlySpan<byte> bytes)
        => (_high, _middle, _low) = (BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));

    /// <summary>All 40 digits.</summary>
    public string Value => $"{_high:x16}{_middle:x16}{_low:x8}";

    /// <summary>The first seven digits.</summary>
    public string Short => Value[..7];

    /// <summary>Of a commit.</summary>
    public static implicit operator Oid(CommitId commit) => Of(commit.Value);

    /// <summary>Of a patch.</summary>
    public static implicit operator Oid(PatchId patch) => Of(patch.Value);

    /// <summary>As a commit.</summary>
    public CommitId ToCommit() => CommitId.Parse(Value);

    /// <summary>Writes its 20 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _middle);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], _low);
    }

    /// <inheritdoc/>
    public int CompareTo(Oid other)
        => _high != other._high
            ? _high.CompareTo(other._high)
            : _middle != other._middle ? _middle.CompareTo(other._middle)
            : _low.CompareTo(other._low);

    /// <summary>Ids are hashes already.</summary>
    public override int GetHashCode() => _high.GetHashCode();

    /// <summary>All 40 digits.</summary>
    public override string ToString() => Value;

    private static Oid Of(string hex)
    {
        Span<byte> bytes = stackalloc byte[20];
        Convert.FromHexString(hex, bytes, out _, out _);
        return new Oid(bytes);
    }
}
