namespace Auxo.Owners;

/// <summary>GitHub's lines: a pattern, its owners, and perhaps a comment behind them.</summary>
internal sealed class GitHubLines : OwnersLines
{
    protected override void Read(int number, string line)
    {
        var words = Words(line);
        var pattern = words[0];
        if (Refusal(pattern) is { } refusal)
        {
            Error(number, refusal);
            return;
        }

        var owners = words.Skip(1).TakeWhile(static w => !w.StartsWith('#')).ToList();
        if (owners.Find(static w => Owner.KindOf(w) is null or OwnerKind.Role) is { } wrong)
        {
            Error(number, $"'{Shown(wrong)}' is no owner: write @name, @group/team, an e-mail address or a did:key; the line is not used");
            return;
        }

        Add(new OwnersRule(number, pattern, [.. owners.Distinct(StringComparer.Ordinal)], section: null, isExclusion: false,
            GlobPattern.OfGitHub(pattern)));
    }

    private static string? Refusal(string pattern) => pattern switch
    {
        { Length: > PathPattern.Longest } => $"the pattern has more than {PathPattern.Longest} characters; the line is not used",
        ['!', ..] => "'!' takes nothing out in GitHub's syntax; write a line without owners instead",
        ['\\', '#', ..] => "a pattern cannot begin with '#', not with a backslash either; the line is not used",
        _ when pattern.AsSpan().Trim('/').IsEmpty => "'/' is no pattern; all files are '*'",
        _ when pattern.AsSpan().IndexOfAny('[', ']') >= 0
            => "'[' and ']' are not read in GitHub's syntax; write one line for each character, or use '?'",
        _ => null,
    };
}
