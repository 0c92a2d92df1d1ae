using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Auxo.Contracts;

/// <summary>
/// A build. The id is computed from what is built (UUIDv5), so that the same fact seen twice, by webhook, node event or sweep, names the
/// same build, and starting its stream is the dedupe.
/// </summary>
public static class BuildId
{
    private static readonly Guid Namespace = new("6f0a3c1e-52c7-5d0b-9a57-8a1f0c6d7b21");

    /// <summary>The id of the <paramref name="attempt"/>-th build (from 1) of one commit for one reason.</summary>
    /// <param name="rid">The repository.</param>
    /// <param name="commit">The commit that is built.</param>
    /// <param name="trigger">Why: a patch, a branch, a tag, by hand.</param>
    /// <param name="subject">The patch id or the ref; the same commit as a patch and as <c>main</c> is two builds.</param>
    /// <param name="attempt">1 for the first; running it again by hand is the next one.</param>
    public static Guid For(Rid rid, CommitId commit, BuildTrigger trigger, string subject, int attempt)
        => Of($"{rid}\n{commit}\n{trigger}\n{subject}\n{attempt}");

    /// <summary>
    /// The id of the build of one slot of a schedule, whatever commit the branch holds then: a slot is built once.
    /// </summary>
    /// <param name="rid">The repository.</param>
    /// <param name="schedule">The schedule's name.</param>
    /// <param name="slot">The time of its cron, without jitter.</param>
    public static Guid ForSlot(Rid rid, string schedule, DateTimeOffset slot)
        => Of(string.Create(
            CultureInfo.InvariantCulture, $"{rid}\n{BuildTrigger.Schedule}\n{schedule}\n{slot.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"));

    private static Guid Of(string what)
    {
        var name = Encoding.UTF8.GetBytes(what);
        Span<byte> input = stackalloc byte[16 + name.Length];
        Namespace.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input[16..]);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // UUIDv5 is defined with SHA-1 (RFC 9562 §5.5); nothing here relies on its strength.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>The short form people read and type: the first seven hex digits.</summary>
    public static string Short(Guid buildId)
    {
        Span<byte> bytes = stackalloc byte[16];
        buildId.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes).ToString("x8", provider: null)[..7];
    }
}

/// <summary>Why a build exists.</summary>
public enum BuildTrigger
{
    /// <summary>A patch was opened or revised.</summary>
    Patch,

    /// <summary>A followed branch moved; the default branch always is followed.</summary>
    Branch,

    /// <summary>A tag was pushed.</summary>
    Tag,

    /// <summary>A person asked for it.</summary>
    Manual,

    /// <summary>A schedule asked for it.</summary>
    Schedule,
}
