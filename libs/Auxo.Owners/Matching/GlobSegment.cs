namespace Auxo.Owners;

/// <summary>What stands between two slashes of a glob: letters, <c>*</c>, <c>?</c> and, in GitLab's, <c>[a-z]</c>.</summary>
internal sealed class GlobSegment
{
    private readonly List<Token> _tokens = [];
    private string? _literal = "";

    private GlobSegment()
    {
    }

    /// <summary>The text that alone matches; null when there is a wildcard.</summary>
    public string? Literal => _literal;

    /// <summary>The extension of every name that matches, its point included; null when there is none in particular.</summary>
    public string? Extension
    {
        get
        {
            var letters = _tokens.FindLastIndex(static t => t.Kind != Kind.Letter) + 1;
            var end = string.Concat(_tokens.Skip(letters).Select(static t => t.Letter));
            return end.LastIndexOf('.') is >= 0 and var dot ? end[dot..] : null;
        }
    }

    /// <summary>It matches every name.</summary>
    public bool IsAny => _tokens is [{ Kind: Kind.Many }];

    /// <summary>Reads a segment; null with a reason when a bracket is not closed.</summary>
    /// <param name="text">Without slashes. A backslash takes the meaning from what follows it.</param>
    /// <param name="brackets">Brackets are sets of characters; else they are letters.</param>
    public static GlobSegment? Parse(string text, bool brackets)
    {
        var segment = new GlobSegment();
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*':
                    segment.Add(new Token(Kind.Many));
                    break;
                case '?':
                    segment.Add(new Token(Kind.One));
                    break;
                case '[' when brackets:
                    if (CharacterSet.Parse(text, ref i) is not { } set) return null;
                    segment.Add(new Token(Kind.Set, Set: set));
                    break;
                case '\\' when i < text.Length - 1:
                    segment.Add(new Token(Kind.Letter, text[++i]));
                    break;
                default:
                    segment.Add(new Token(Kind.Letter, text[i]));
                    break;
            }
        }

        return segment;
    }

    public bool Matches(ReadOnlySpan<char> name)
    {
        if (_literal is not null) return name.SequenceEqual(_literal);
        int token = 0, at = 0, star = -1, from = 0;
        while (at < name.Length)
        {
            if (token < _tokens.Count && _tokens[token].Kind == Kind.Many)
            {
                (star, from) = (token++, at);
            }
            else if (token < _tokens.Count && _tokens[token].Takes(name, at) is > 0 and var taken)
            {
                token++;
                at += taken;
            }
            else if (star >= 0)
            {
                // Only the last star may have to take more: what the ones before it took is as good as any other choice.
                (token, at) = (star + 1, ++from);
            }
            else
            {
                return false;
            }
        }

        while (token < _tokens.Count && _tokens[token].Kind == Kind.Many) token++;
        return token == _tokens.Count;
    }

    private void Add(Token token)
    {
        if (token.Kind == Kind.Many && _tokens is [.., { Kind: Kind.Many }]) return;
        _tokens.Add(token);
        _literal = _literal is not null && token.Kind == Kind.Letter ? _literal + token.Letter : null;
    }

    private enum Kind
    {
        Letter,
        One,
        Many,
        Set,
    }

    private readonly record struct Token(Kind Kind, char Letter = '\0', CharacterSet? Set = null)
    {
        /// <summary>How many characters of the name it takes: one is two where they are a pair; 0 when it does not match.</summary>
        public int Takes(ReadOnlySpan<char> name, int at) => Kind switch
        {
            Kind.Letter => name[at] == Letter ? 1 : 0,
            Kind.Set => Set!.Has(name[at]) ? 1 : 0,
            _ => char.IsHighSurrogate(name[at]) && at + 1 < name.Length ? 2 : 1,
        };
    }
}
