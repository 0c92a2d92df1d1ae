using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

using Auxo.Metrics.Builds;

namespace Auxo.Metrics.Facts;

/// <summary>Reads what <see cref="FactWriter"/> wrote.</summary>
internal ref struct FactReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Adds all of them to a day.</summary>
    /// <exception cref="InvalidDataException">A kind that this program does not know: the documents are newer than it.</exception>
    public void ReadInto(FactDay day)
    {
        while (!_rest.IsEmpty)
        {
            var (kind, seq, at) = ((FactKind)Byte(), BinaryPrimitives.ReadInt64LittleEndian(Take(8)), Time());
            switch (kind)
            {
                case FactKind.Revision: day.Revisions.Add(new(seq, at, Patch(), Did.Parse(Text()), Text(), Time())); break;
                case FactKind.Merge: day.Merges.Add(new(seq, at, Patch(), Commit(), Time())); break;
                case FactKind.Archive: day.Archives.Add(new(seq, at, Patch())); break;
                case FactKind.Landing: day.Landings.Add(new(seq, at, Text(), Flag() ? Commit() : null, Commit(), Text(), Patches(), Time())); break;
                case FactKind.Phase: day.Phases.Add(new(seq, at, Guid(), Flag())); break;
                case FactKind.Build:
                    day.Builds.Add(new(seq, at, Guid(), (BuildTrigger)Byte(), Text(), Commit(), Flag() ? Patch() : null, (Outcome)Byte(), Time(), MaybeTime(), Steps()));
                    break;
                case FactKind.Deployment:
                    day.Deployments.Add(new(seq, at, Text(), Text(), Commit(), Patches(), Flag(), (DeploymentKind)Byte(), MaybeText(), MaybeText()));
                    break;
                case FactKind.Failure: day.Failures.Add(new(seq, at, Text(), (FailureTurn)Byte(), MaybeText(), MaybeText(), MaybeTime())); break;
                case FactKind.Repository:
                    day.Repository.Add(new(
                        seq, at, MaybeText(), MaybeText(), MaybeText() is { } policy ? JsonSerializer.Deserialize(policy, StoredJson.Default.CountingPolicy) : null, Flag()));
                    break;
                default:
                    throw new InvalidDataException($"There is a fact of kind {(byte)kind}, which this version does not know. Start the newer version again, or 'auxo projections rebuild {nameof(FactDays)}'.");
            }
        }
    }

    private FailedStep[] Steps()
    {
        var count = Number();
        if (count == 0) return [];
        var steps = new FailedStep[count];
        for (var i = 0; i < count; i++) steps[i] = new FailedStep(Text(), Text(), (Outcome)Byte());
        return steps;
    }

    private PatchId[] Patches()
    {
        var count = Number();
        if (count == 0) return [];
        var patches = new PatchId[count];
        for (var i = 0; i < patches.Length; i++) patches[i] = Patch();
        return patches;
    }

    private CommitId Commit() => CommitId.Parse(Convert.ToHexStringLower(Take(20)));

    private PatchId Patch() => PatchId.Parse(Convert.ToHexStringLower(Take(20)));

    private Guid Guid() => new(Take(16));

    private DateTimeOffset Time() => new(BinaryPrimitives.ReadInt64LittleEndian(Take(8)), TimeSpan.Zero);

    private DateTimeOffset? MaybeTime() => Flag() ? Time() : null;

    private string? MaybeText() => Flag() ? Text() : null;

    private bool Flag() => Byte() != 0;

    private byte Byte() => Take(1)[0];

    private string Text() => Encoding.UTF8.GetString(Take(Number()));

    private int Number()
    {
        for (var (value, shift) = (0, 0); ; shift += 7)
        {
            var next = Byte();
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
