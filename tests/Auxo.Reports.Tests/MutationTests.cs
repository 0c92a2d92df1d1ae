namespace Auxo.Reports.Tests;

/// <summary>Damaged reports are read or refused; nothing else comes out of them.</summary>
public sealed class MutationTests
{
    private const int Seed = 20261129;

    [Theory]
    [InlineData("recorded")]
    [InlineData("recorded-2")]
    public void a_report_that_is_cut_or_damaged_anywhere_is_read_or_refused(string folder)
    {
        var random = new Random(Seed);
        foreach (var file in Recordings.Expected(folder).Keys)
        {
            var whole = Recordings.Bytes(folder, file);
            var format = ReportFormat.Of(whole, file)!;
            for (var round = 0; round < 60; round++)
            {
                var damaged = Damage(whole, random, round);
                try
                {
                    format.Read(damaged, file);
                    if (ReportFormat.Of(damaged, file) is { } other && other != format) other.Read(damaged, file);
                }
                catch (ReportException e)
                {
                    Assert.StartsWith(file, e.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    /// <summary>Cuts, swaps, doubles or overwrites a few bytes.</summary>
    private static byte[] Damage(byte[] whole, Random random, int round)
    {
        var bytes = (byte[])whole.Clone();
        if (bytes.Length < 2) return [.. bytes, (byte)random.Next(256)];
        switch (round % 4)
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                for (var i = 0; i < 1 + random.Next(8); i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 2:
                var (from, to) = (random.Next(bytes.Length), random.Next(bytes.Length));
                return [.. bytes[..Math.Max(from, to)], .. bytes[Math.Min(from, to)..]];
            default:
                ReadOnlySpan<byte> signs = "\"{}[]<>/:,&0-eE\\\0\n"u8;
                for (var i = 0; i < 1 + random.Next(4); i++) bytes[random.Next(bytes.Length)] = signs[random.Next(signs.Length)];
                return bytes;
        }
    }
}
