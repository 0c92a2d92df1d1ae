using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Checks.Searching;

/// <summary>
/// Whether a value that stands where a secret would stand is one: not what is written there instead, and nothing that is made to
/// be published.
/// </summary>
internal static class SecretValue
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>Below this nothing is looked at: too many words are as short.</summary>
    private const int MinLength = 10;

    /// <summary>Words that say: this is where a secret would stand. The last two stand in the manuals of jwt.io and Azurite.</summary>
    private static readonly SearchValues<string> Placeholders = SearchValues.Create(
        ["example", "placeholder", "changeme", "change-me", "change_me", "your-", "your_", "yourkey", "xxxx", "****", "....", "dummy",
            "redacted", "notasecret", "not-a-secret", "notareal", "0000000000", "0123456789", "sflkxwrjsmekkf2qt4", "eby8vdm02xnocqf"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>In a guess the value's own words say more: a name, a variable, a call.</summary>
    private static readonly SearchValues<string> References = SearchValues.Create(
        ["password", "passwd", "secret", "token", "todo", "\\", "sample", "insert", "fake", "foobar", "1234567890", "abcdefgh",
            "${", "$(", "{{", "<", "%s",
            "%(", "#{", "process.env", "os.environ", "getenv", "://", "::",
            "->", "()", "(\"", "('", "config.", "settings.", "vault:", "arn:"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>How values begin that are digests, sealed, or halves that are made to be published.</summary>
    private static readonly string[] Published =
    [
        "sha1-", "sha256-", "sha384-", "sha512-", "sha1:", "sha256:", "sha512:", "md5:", "enc(", "enc[", "{cipher}",
        "{ssha", "{bcrypt}", "age1", "ssh-rsa", "ssh-ed25519", "ecdsa-sha2", "mcowbqydk2v", "mfkwewyhkozizj0",
        "miibijanbgkqhkig", "miicijanbgkqhkig", "$", "{", "[", "%", "@", "/", "./", "~", "&", "*",
    ];

    /// <summary>A name with one of these is of something that may be seen, whatever else it says.</summary>
    private static readonly HashSet<string> OpenWords = new(StringComparer.Ordinal)
    {
        "public", "pub", "published", "encrypted", "sealed", "hashed", "hash", "digest", "checksum", "fingerprint",
        "thumbprint", "sha", "sha1", "sha256", "sha512", "md5", "example", "cache", "idempotency", "existing",
        "expected", "partition", "primary", "foreign", "sort",
    };

    /// <summary>A name that ends in one of these is of something about a secret, such as where it lies.</summary>
    private static readonly HashSet<string> AboutWords = new(StringComparer.Ordinal)
    {
        "id", "ids", "name", "names", "ref", "reference", "uri", "url", "endpoint", "path", "file", "filename",
        "dir", "folder", "type", "kind", "length", "size", "count", "limit", "expiry", "expires", "expiration",
        "ttl", "algorithm", "alg", "header", "prefix", "suffix", "format", "regex", "pattern", "label", "title",
        "field", "column", "param", "parameter", "provider", "issuer", "audience", "version", "revision", "commit",
        "policy", "store", "manager", "class", "service", "method", "handler", "validator", "generator", "hint",
        "message", "prompt", "description", "placeholder", "selector", "scope", "scopes", "status", "state", "usage",
        "rules", "auth", "env", "var", "variable",
    };

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<char> Letters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> LettersAndJoints = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");
    private static readonly Regex Identifier = new(
        "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", Linear);
    private static readonly Regex Version = new(@"^v?[0-9]+\.[0-9]+\.[0-9]+(\.[0-9]+)?([.+-][A-Za-z0-9.+-]*)?$", Linear);
    private static readonly Regex FileName = new(
        @"^[\w./-]+\.(pem|key|crt|cer|p12|jks|json|ya?ml|txt|env|conf|toml|py|js|ts|go|cs|java|html?)$", Linear);
    private static readonly Regex Code = new(@"^[\w.]+\(.*\)?[;,]?$|[;{}]$", Linear);

    /// <summary>A value of a known format: nothing but what stands for one in a manual is sorted out.</summary>
    public static bool IsNoPlaceholder(ReadOnlySpan<char> value) => !value.ContainsAny(Placeholders)
            && !(IsWordy(value) && (value.Count('-') + value.Count('_') > 1 || value.IndexOfAnyExcept(LettersAndJoints) < 0));

    /// <summary>A value that only its name or its place makes a secret.</summary>
    /// <param name="name">The name before it; empty where it has none.</param>
    /// <param name="value">The value.</param>
    public static bool LooksReal(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        if (value.Length < MinLength || value.ContainsAny(Placeholders) || value.ContainsAny(References)) return false;
        if (IsWordy(value) || IsPublished(value)) return false;
        if (Identifier.IsMatch(value) || Version.IsMatch(value) || FileName.IsMatch(value) || Code.IsMatch(value)) return false;
        if (NamesSomethingOpen(name)) return false;
        var (lower, upper, digit, mark) = (value.ContainsAnyInRange('a', 'z'), value.ContainsAnyInRange('A', 'Z'),
            value.ContainsAnyInRange('0', '9'), value.IndexOfAnyExcept(Plain) >= 0);
        if (!digit && !mark) return lower && upper && value.Length >= 20 && Secrets.Entropy(value) >= 3.5;
        if (!lower && !upper) return false;
        // A short one must make up for it: what people are made to choose has three kinds of characters.
        var kinds = (lower ? 1 : 0) + (upper ? 1 : 0) + (digit ? 1 : 0) + (mark ? 1 : 0);
        var needed = value.Length switch { >= 20 => 3.3, >= 16 => 3.0, _ => 2.8 };
        return (value.Length >= 16 || kinds >= 3) && Secrets.Entropy(value) >= needed;
    }

    /// <summary>A password before <c>@</c> in a URL: short ones are common there.</summary>
    public static bool IsPassword(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
        => IsNoPlaceholder(value) && !value.ContainsAny(References) && !IsPublished(value) && !value.SequenceEqual(name)
            && value.IndexOfAnyExcept(Letters) >= 0 && !IsSample(value.Contains('%') ? Uri.UnescapeDataString(value) : value);

    /// <summary>Base64 of a user, a colon and a password, as registries and Basic authentication want it.</summary>
    public static bool IsUserAndPassword(ReadOnlySpan<char> value)
    {
        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(Pad(value), bytes, out var length)) return false;
        var text = Encoding.Latin1.GetString(bytes, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && colon < text.Length - 4 && !text.Any(char.IsControl)
            && IsNoPlaceholder(text.AsSpan(colon + 1)) && !text.AsSpan(colon + 1).ContainsAny(References)
            && !IsSample(text.AsSpan(colon + 1));
    }

    /// <summary>Only such words and marks between them: what tests of quoting and decoding take for a password.</summary>
    private static bool IsSample(ReadOnlySpan<char> value)
    {
        var words = 0;
        while (value.IndexOfAny(Plain) is >= 0 and var start)
        {
            value = value[start..];
            var end = value.IndexOfAnyExcept(Plain) is >= 0 and var length ? length : value.Length;
            if (value[..end] is not ("pass" or "user" or "test")) return false;
            words++;
            value = value[end..];
        }

        return words > 0;
    }

    /// <summary>
    /// True when the value is made of words, as names are: most of its letters stand in runs that can be spoken. Random letters
    /// change their case or meet a digit every few characters.
    /// </summary>
    public static bool IsWordy(ReadOnlySpan<char> value)
    {
        var (letters, spoken) = (0, 0);
        for (var i = 0; i < value.Length;)
        {
            if (!char.IsAsciiLetterOrDigit(value[i]))
            {
                i++;
                continue;
            }

            var start = i++;
            var up = char.IsAsciiLetterUpper(value[start]);
            var allUp = up && i < value.Length && char.IsAsciiLetterUpper(value[i]);
            while (i < value.Length && char.IsAsciiLetter(value[start]) && char.IsAsciiLetter(value[i])
                && char.IsAsciiLetterUpper(value[i]) == allUp) i++;
            letters += i - start;
            if (i - start >= 3 && CanBeSpoken(value[start..i])) spoken += i - start;
        }

        return letters > 0 && spoken >= 0.7 * letters;
    }

    /// <summary>A vowel among every four letters.</summary>
    private static bool CanBeSpoken(ReadOnlySpan<char> run)
    {
        var since = 0;
        var vowels = 0;
        foreach (var c in run)
        {
            if (char.ToLowerInvariant(c) is 'a' or 'e' or 'i' or 'o' or 'u' or 'y') (since, vowels) = (0, vowels + 1);
            else if (++since > 4) return false;
        }

        return vowels > 0 && vowels * 5 >= run.Length;
    }

    private static bool IsPublished(ReadOnlySpan<char> value)
    {
        foreach (var start in Published)
        {
            if (value.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>Looks at the words of a name: <c>publicKeyToken</c> is open, <c>secretName</c> is about a secret.</summary>
    private static bool NamesSomethingOpen(ReadOnlySpan<char> name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i <= name.Length; i++)
        {
            var c = i < name.Length ? name[i] : ' ';
            var begins = char.IsAsciiLetterUpper(c) && i > 0 && !char.IsAsciiLetterUpper(name[i - 1]);
            if (word.Length > 0 && (begins || !char.IsAsciiLetterOrDigit(c)))
            {
                words.Add(word.ToString());
                word.Clear();
            }

            if (char.IsAsciiLetterOrDigit(c)) word.Append(char.ToLowerInvariant(c));
        }

        return words.Exists(OpenWords.Contains) || words.Count > 1 && AboutWords.Contains(words[^1]);
    }

    private static string Pad(ReadOnlySpan<char> value)
    {
        var bare = value.TrimEnd('=').ToString();
        return bare + new string('=', (4 - bare.Length % 4) % 4);
    }
}
