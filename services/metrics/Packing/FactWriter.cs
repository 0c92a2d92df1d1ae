using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Packing;

/// <summary>
/// What kind of fact comes next. Stored: a kind never changes its meaning or its fields; a fact that has more to say is a new
/// kind.
/// </summary>
internal enum FactKind : byte
{
    Revision = 1,
    Merge = 2,
    Archive = 3,
    BranchAdvanced = 4,
    Phase = 5,
    Build = 6,
    Deployment = 7,
    Failure = 8,
    Repository = 9,
    BranchAdvancedWithCommits = 10,
}

/// <summary>
/// Writes facts one after the other: ids as their 20 or 16 bytes, times as ticks, texts as UTF-8. <see cref="FactReader"/>
/// reads them.
/// </summary>
internal ref struct FactWriter(byte[] buffer, int length)
{
    public byte[] Buffer { get; private set; } = buffer;

    public int Length { get; private set; } = length;

    public void Write(Fact fact)
    {
        switch (fact)
        {
            case RevisionFact f:
                Begin(FactKind.Revision, f);
                Id(f.Patch);
                Text(f.Author.Value);
                Text(f.Title);
                Time(f.FirstCommitAt);
                break;
            case MergeFact f:
                Begin(FactKind.Merge, f);
                Id(f.Patch);
                Id(f.Commit);
                Time(f.SeenAt);
                break;
            case ArchiveFact f:
                Begin(FactKind.Archive, f);
                Id(f.Patch);
                break;
            case BranchAdvancedFact f:
                Begin(f.Brought is null ? FactKind.BranchAdvanced : FactKind.BranchAdvancedWithCommits, f);
                Text(f.Branch);
                if (Flag(f.Old is not null)) Id(f.Old!.Value);
                Id(f.Commit);
                Text(f.Title);
                Ids(f.Patches);
                Time(f.SeenAt);
                if (f.Brought is { } brought) Write(brought);
                break;
            case BuildFact f:
                Write(f);
                break;
            case DeploymentFact f:
                Begin(FactKind.Deployment, f);
                Text(f.Id);
                Text(f.Environment);
                Id(f.Commit);
                Ids(f.Patches);
                Flag(f.Succeeded);
                Byte((byte)f.Kind);
                Maybe(f.Rollout);
                Maybe(f.Remediates);
                break;
            case FailureFact f:
                Begin(FactKind.Failure, f);
                Text(f.Id);
                Byte((byte)f.Transition);
                Maybe(f.Deployment);
                Maybe(f.Title);
                Maybe(f.StartedAt);
                break;
            case RepositoryFact f:
                Begin(FactKind.Repository, f);
                Maybe(f.Name);
                Maybe(f.DefaultBranch);
                Maybe(f.Policy is null ? null : JsonSerializer.Serialize(f.Policy, StoredJson.Default.CountingPolicy));
                Flag(f.Untracked);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public void Write(BuildPhase phase)
    {
        Begin(FactKind.Phase, phase.Seq, phase.At);
        Guid(phase.Build);
        Flag(phase.Started);
    }

    private void Write(BuildFact f)
    {
        Begin(FactKind.Build, f);
        Guid(f.Build);
        Byte((byte)f.Trigger);
        Text(f.Ref);
        Id(f.Commit);
        if (Flag(f.Patch is not null)) Id(f.Patch!.Value);
        Byte((byte)f.Outcome);
        Time(f.QueuedAt);
        Maybe(f.StartedAt);
        Number(f.Failures.Count);
        foreach (var step in f.Failures)
        {
            Text(step.Step);
            Text(step.Kind);
            Byte((byte)step.Outcome);
        }
    }

    private void Write(BroughtFact brought)
    {
        Ids(brought.Commits);
        Maybe(brought.FirstAuthoredAt);
        if (Flag(brought.Gap is not null)) Byte((byte)brought.Gap!.Value);
        Ids(brought.Dropped);
        Number(brought.Reverts.Count);
        foreach (var revert in brought.Reverts)
        {
            Id(revert.Commit);
            Text(revert.Title);
            Time(revert.AuthoredAt);
            Ids(revert.Takes);
        }
    }

    private void Begin(FactKind kind, Fact fact) => Begin(kind, fact.Seq, fact.At);

    private void Begin(FactKind kind, long seq, DateTimeOffset at)
    {
        Byte((byte)kind);
        BinaryPrimitives.WriteInt64LittleEndian(Take(8), seq);
        Time(at);
    }

    private void Ids(IReadOnlyList<Oid> ids)
    {
        Number(ids.Count);
        foreach (var id in ids) Id(id);
    }

    private void Id(Oid id) => id.Write(Take(20));

    private void Guid(Guid id) => id.TryWriteBytes(Take(16));

    private void Time(DateTimeOffset at) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), at.UtcTicks);

    private void Byte(byte value) => Take(1)[0] = value;

    private bool Flag(bool value)
    {
        Byte(value ? (byte)1 : (byte)0);
        return value;
    }

    private void Maybe(DateTimeOffset? at)
    {
        if (Flag(at is not null)) Time(at!.Value);
    }

    private void Maybe(string? text)
    {
        if (Flag(text is not null)) Text(text!);
    }

    private void Text(string text)
    {
        Number(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, Take(Encoding.UTF8.GetByteCount(text)));
    }

    /// <summary>Seven bits a byte, the lowest first.</summary>
    private void Number(int value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    private Span<byte> Take(int count)
    {
        var begin = Length;
        Length += count;
        if (Length > Buffer.Length)
        {
            var more = new byte[Math.Max(Length, Math.Max(256, Buffer.Length * 2))];
            Buffer.AsSpan(0, begin).CopyTo(more);
            Buffer = more;
        }

        return Buffer.AsSpan(begin, count);
    }
}
