using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

using Auxo.Metrics.Builds;
using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Packing;

/// <summary>Reads what <see cref="FactWriter"/> wrote.</summary>
internal ref struct FactReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private (byte[] Utf8, Did Did) _author = ([], default);
    private (byte[] Utf8, string Text) _branch = ([], "");

    /// <summary>Adds all of them to a day.</summary>
    /// <exception cref="InvalidDataException">A kind that this program does not know: the documents are newer than it.</exception>
    public void ReadInto(FactDay day)
    {
        while (!_rest.IsEmpty)
        {
            var (kind, seq, at) = ((FactKind)Byte(), BinaryPrimitives.ReadInt64LittleEndian(Take(8)), Time());
            switch (kind)
            {
                case FactKind.Revision: day.Revisions.Add(new(seq, at, Id(), Author(), Text(), Time())); break;
                case FactKind.Merge: day.Merges.Add(new(seq, at, Id(), Id(), Time())); break;
                case FactKind.Archive: day.Archives.Add(new(seq, at, Id())); break;
                case FactKind.BranchAdvanced or FactKind.BranchAdvancedWithCommits:
                    day.BranchAdvances.Add(new(
                        seq, at, Branch(), Flag() ? Id() : null, Id(), Text(), Ids(), Time(),
                        kind == FactKind.BranchAdvancedWithCommits ? Brought() : null));
                    break;
                case FactKind.Phase: day.Phases.Add(new(seq, at, Guid(), Flag())); break;
                case FactKind.Build:
                    var (build, trigger) = (Guid(), (BuildTrigger)Byte());
                    day.Builds.Add(new(seq, at, build, trigger, BuiltRef(trigger), Id(), Flag()
                        ? Id()
                        : null, (Outcome)Byte(), Time(), MaybeTime(), Steps()));
                    break;
                case FactKind.Deployment:
                    day.Deployments.Add(
                        new(seq, at, Text(), Text(), Id(), Ids(), Flag(), (DeploymentKind)Byte(), MaybeText(), MaybeText()));
                    break;
                case FactKind.Failure: day.Failures.Add(new(seq, at, Text(), (FailureTransition)Byte(), MaybeText(),
                    MaybeText(), MaybeTime())); break;
                case FactKind.Repository:
                    day.Repository.Add(new(
                        seq, at, MaybeText(), MaybeText(), MaybeText() is { } policy
                            ? JsonSerializer.Deserialize(policy, StoredJson.Default.CountingPolicy)
                            : null, Flag()));
                    break;
                default:
                    throw new InvalidDataException(
                        $"There is a fact of kind {(byte)kind}, which this version does not know. Start the newer version again, "
                            + "or restore a backup from before the upgrade.");
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

    private Oid[] Ids()
    {
        var count = Number();
        if (count == 0) return [];
        var ids = new Oid[count];
        for (var i = 0; i < ids.Length; i++) ids[i] = Id();
        return ids;
    }

    private BroughtFact Brought()
    {
        var (commits, first, gap) = (Ids(), MaybeTime(), Flag() ? (BroughtGap?)Byte() : null);
        var dropped = Ids();
        return new BroughtFact(commits, first, gap, Reverts(), dropped);
    }

    private RevertFact[] Reverts()
    {
        var count = Number();
        if (count == 0) return [];
        var reverts = new RevertFact[count];
        for (var i = 0; i < reverts.Length; i++) reverts[i] = new RevertFact(Id(), Text(), Time(), Ids());
        return reverts;
    }

    /// <summary>Few people, many revisions: the last one's id is not made again.</summary>
    private Did Author()
    {
        var utf8 = Take(Number());
        if (!utf8.SequenceEqual(_author.Utf8)) _author = (utf8.ToArray(), Did.Parse(Encoding.UTF8.GetString(utf8)));
        return _author.Did;
    }

    /// <summary>Nearly always the same.</summary>
    private string Branch()
    {
        var utf8 = Take(Number());
        if (!utf8.SequenceEqual(_branch.Utf8)) _branch = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        return _branch.Text;
    }

    /// <summary>A patch's own name says no more than its id.</summary>
    private string BuiltRef(BuildTrigger trigger)
    {
        if (trigger != BuildTrigger.Patch) return Branch();
        Take(Number());
        return "patches";
    }

    private Oid Id() => new(Take(20));

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
