namespace Auxo.Owners;

/// <summary>A path and where its segments are, found once for all patterns.</summary>
internal readonly struct RepositoryPath
{
    private readonly int[] _ends;

    public RepositoryPath(string text)
    {
        Text = text;
        _ends = new int[text.AsSpan().Count('/') + 1];
        for (int i = 0, at = 0; i < _ends.Length; i++)
        {
            var end = text.IndexOf('/', at);
            _ends[i] = end < 0 ? text.Length : end;
            at = _ends[i] + 1;
        }
    }

    public string Text { get; }

    /// <summary>How many segments it has; at least one.</summary>
    public int Count => _ends.Length;

    public ReadOnlySpan<char> this[int segment]
        => segment == 0 ? Text.AsSpan(0, _ends[0]) : Text.AsSpan(_ends[segment - 1] + 1, _ends[segment] - _ends[segment - 1] - 1);
}
