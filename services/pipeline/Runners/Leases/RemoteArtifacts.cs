namespace Auxo.Pipeline.Runners.Leases;

/// <summary>What becomes of a content that a runner sends.</summary>
internal enum ContentEnd
{
    /// <summary>It is here.</summary>
    Taken,

    /// <summary>It is not what its digest says.</summary>
    Other,

    /// <summary>With it there would be more than the steps of the build may keep.</summary>
    TooMuch,
}

/// <summary>The contents of artifacts of one build as they come from its runner: one at a time, and in all so much and so many.</summary>
internal sealed class RemoteArtifacts : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<string> _here = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>Takes a content, when those before it leave room. One that comes again, after a lost answer, is counted once.</summary>
    /// <param name="digest">Which.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="mostBytes">Of all contents.</param>
    /// <param name="most">How many contents.</param>
    /// <param name="take">Writes it; false when it is not what its digest says. Then it is not counted.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<ContentEnd> TakeAsync(
        string digest, long size, long mostBytes, long most, Func<Task<bool>> take, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var isNew = !_here.Contains(digest);
            if (isNew && (size > mostBytes - _bytes || _here.Count >= most)) return ContentEnd.TooMuch;
            if (!await take()) return ContentEnd.Other;
            if (isNew) _bytes += size;
            _here.Add(digest);
            return ContentEnd.Taken;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
