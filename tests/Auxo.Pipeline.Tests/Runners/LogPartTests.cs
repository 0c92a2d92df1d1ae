using Auxo.Pipeline.Runners.Leases;

namespace Auxo.Pipeline.Tests.Runners;

/// <summary>What becomes of a part of a log, wherever it begins.</summary>
public sealed class LogPartTests
{
    [Theory]
    [InlineData(0, 0, 10, LogPartKind.Add, 0)]
    [InlineData(10, 10, 5, LogPartKind.Add, 0)]
    // It came before.
    [InlineData(10, 0, 10, LogPartKind.Add, 10)]
    [InlineData(10, 2, 3, LogPartKind.Add, 3)]
    // Half of it came before.
    [InlineData(10, 5, 10, LogPartKind.Add, 5)]
    // Something is missing before it.
    [InlineData(10, 11, 1, LogPartKind.Gap, 0)]
    [InlineData(0, long.MaxValue, 1, LogPartKind.Gap, 0)]
    [InlineData(10, -1, 1, LogPartKind.Gap, 0)]
    // The limit is 100.
    [InlineData(95, 95, 5, LogPartKind.Add, 0)]
    [InlineData(95, 95, 6, LogPartKind.TooLong, 0)]
    [InlineData(100, 0, 100, LogPartKind.Add, 100)]
    public void a_part_is_taken_once_and_in_order(long length, long offset, int count, LogPartKind kind, int skip)
        => Assert.Equal(new LogPart(kind, skip), LogPart.Decide(length, offset, count, limit: 100));

    [Fact]
    public void any_order_of_repeated_parts_gives_the_text()
    {
        var random = new Random(7);
        var text = Enumerable.Range(0, 500).Select(static i => (byte)i).ToArray();
        for (var run = 0; run < 200; run++)
        {
            var here = new List<byte>();
            while (here.Count < text.Length)
            {
                var offset = random.Next(text.Length);
                var count = random.Next(1, text.Length - offset + 1);
                var part = LogPart.Decide(here.Count, offset, count, limit: 500);
                if (part.Kind == LogPartKind.Add) here.AddRange(text[(offset + part.Skip)..(offset + count)]);
                else Assert.Equal((LogPartKind.Gap, true), (part.Kind, offset > here.Count));
            }

            Assert.Equal(text, here);
        }
    }
}
