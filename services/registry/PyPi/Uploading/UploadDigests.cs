using System.Security.Cryptography;

using Auxo.Registry.Blobs;

using Blake2 = NSec.Cryptography;

namespace Auxo.Registry.PyPi.Uploading;

/// <summary>The digests that an upload promises.</summary>
internal static class UploadDigests
{
    /// <summary>What is wrong with them, as a sentence; null when every promise was kept.</summary>
    public static string? Refuse(UploadForm form, ReceivedBlob received)
    {
        if (form["sha256_digest"] is { } sha256 && !Same(sha256, received.Digest.Hex)) return Differs("sha256_digest", sha256);
        var (md5, blake2) = (form["md5_digest"], form["blake2_256_digest"]);
        if (md5 is null && blake2 is null) return null;
        using var stream = received.OpenRead();
#pragma warning disable CA5351 // MD5 is what clients send; what identifies the file is its SHA-256.
        using var md5Hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        Blake2.IncrementalHash.Initialize(Blake2.HashAlgorithm.Blake2b_256, out var blake2Hash);
        var buffer = new byte[128 << 10];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (md5 is not null) md5Hash.AppendData(buffer, 0, read);
            if (blake2 is not null) Blake2.IncrementalHash.Update(ref blake2Hash, buffer.AsSpan(0, read));
        }

        if (md5 is not null && !Same(md5, Convert.ToHexStringLower(md5Hash.GetHashAndReset()))) return Differs("md5_digest", md5);
        return blake2 is not null && !Same(blake2, Convert.ToHexStringLower(Blake2.IncrementalHash.Finalize(ref blake2Hash)))
            ? Differs("blake2_256_digest", blake2)
            : null;
    }

    private static bool Same(string promised, string actual) => promised.Equals(actual, StringComparison.OrdinalIgnoreCase);

    private static string Differs(string field, string promised)
        => $"What arrived is not what '{field}' promises ({(promised.Length > 64 ? promised[..64] : promised)}). "
            + "Nothing was kept; upload it again.";
}
