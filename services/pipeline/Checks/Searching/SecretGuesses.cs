namespace Auxo.Pipeline.Checks.Searching;

/// <summary>The rules that know no format, only a place where a secret stands: a name, an address, an option, a header.</summary>
public static class SecretGuesses
{
    private const string Names =
        "(?:api[_-]?key|secret|token|passwd|password|passphrase|pwd|credential|access[_-]?key|private[_-]?key|auth[_-]?key"
        + "|encryption[_-]?key|signing[_-]?key)";

    /// <summary>A bare "key" is in every second line of a program, so each kind of key is a word of its own.</summary>
    private static readonly string[] NameWords =
    [
        "secret", "token", "passwd", "password", "passphrase", "pwd", "credential",
        .. new[] { "api", "access", "private", "auth", "encryption", "signing" }.SelectMany(static kind
            => new[] { kind + "key", kind + "_key", kind + "-key" }),
    ];

    /// <summary>All of them; those that say most about the place come first.</summary>
    public static readonly IReadOnlyList<SecretRule> All =
    [
        new("npmrc-auth", "an npm registry credential", ["_auth", "_password"],
            @"(?i)(?:^|:)_(?:authToken|auth|password)\s*=\s*[""']?(?<s>[\w+/=.-]{20,})") { Accept = SecretValue.LooksReal },
        new("docker-auth", "a Docker registry credential", ["\"auth\""],
            @"""auth""\s{0,8}:\s{0,8}""(?<s>[A-Za-z0-9+/]{12,900}={0,2})""")
        {
            Accept = static (_, value) => SecretValue.IsUserAndPassword(value),
        },
        new("basic-auth", "a user and a password in a header", ["basic"], @"(?i)\bbasic[ ]{1,4}(?<s>[A-Za-z0-9+/]{12,400}={0,2})")
        {
            Accept = static (_, value) => SecretValue.IsUserAndPassword(value),
        },
        new("bearer-token", "a token in a header", ["authorization"],
            @"(?i)\bauthorization[""']?\s*[:=,]\s*[""']?(?:bearer|token|apikey)\s+(?<s>[A-Za-z0-9+/=_.~-]{16,})")
        {
            Accept = SecretValue.LooksReal,
        },
        new("key-header", "a key in a header",
            ["x-api-key", "x-auth-token", "x-access-token", "x-vault-token", "private-token", "deploy-token"],
            @"(?i)\b(?:x-api-key|x-auth-token|x-access-token|x-vault-token|private-token|deploy-token)[""']?\s*[:=,]\s*[""']?"
                + "(?<s>[A-Za-z0-9+/=_.~-]{16,})")
        {
            Accept = SecretValue.LooksReal,
        },
        new("url-password", "a password in a URL", ["://"],
            @"\b[a-zA-Z][a-zA-Z0-9+.-]+://(?<n>[^\s:/@'""<>]*):(?<s>[^\s:/@'""]{4,})@[\w.-]+")
        {
            MinEntropy = 2, Accept = SecretValue.IsPassword, Shape = SecretShape.Address,
        },
        new("connection-string", "a password in a connection string", ["password=", "pwd="],
            @"(?i)(?:server|host|data source|user id|username|uid|user)\s*=[^;""']*;(?:[^;""']*;)*\s*"
                + @"(?:password|pwd)\s*=\s*(?<s>[^;""'\s]{6,})")
        {
            MinEntropy = 2, Accept = SecretValue.IsPassword,
        },
        new("netrc", "a password in a .netrc", ["machine"], @"\bmachine\s+\S+\s+login\s+(?<n>\S+)\s+password\s+(?<s>\S{6,})")
        {
            MinEntropy = 2, Accept = SecretValue.IsPassword,
        },
        new("command-user", "a user and a password in a command", ["curl", "wget", "http "],
            @"\b(?:curl|wget|http)\b.*\s(?:-u|--user|-a|--auth)[ =]?[""']?(?<n>[^\s:""'$-][^\s:""'$]*):(?<s>[^\s""'@]{6,})")
        {
            MinEntropy = 2, Accept = SecretValue.IsPassword,
        },
        new("command-password", "a secret in a command",
            ["--password", "--passwd", "--token", "--api-key", "--secret", "--client-secret", "--auth-token", "--access-token"],
            @"--(?:password|passwd|token|api-key|secret|client-secret|auth-token|access-token)[ =][""']?(?<s>[^\s""']{6,})")
        {
            MinEntropy = 2.5, Accept = SecretValue.LooksReal,
        },
        new("command-short-password", "a password in a command", ["sshpass", "mysql", "docker login"],
            @"(?:\bsshpass\s+-p\s*|\bmysql(?:dump|admin)?\b.*\s-p|\bdocker login\b.*\s-p[ =])[""']?(?<s>[^\s""'-][^\s""']{5,})")
        {
            MinEntropy = 2, Accept = SecretValue.IsPassword,
        },
        new("xml-secret", "a value that looks like a secret", ["password", "passphrase", "secret", "token", "apikey", "api_key"],
            @"(?i)(?:<(?<n>[\w.-]*(?:password|passphrase|secret|token|api_?key)[\w.-]*)>"
                + @"|key=""(?<n>[\w.-]*(?:password|secret|token|api_?key)[\w.-]*)""\s+value="")"
                + @"(?<s>[^<""\s]{10,})[<""]")
        {
            Accept = SecretValue.LooksReal, Shape = SecretShape.Element,
        },
        new("generic-secret", "a value that looks like a secret", NameWords,
            $@"(?i)(?<n>[\w.-]*{Names}[\w.-]*)[""'`\]]*\s*(?:=>|:=|\?=|==?|:)\s*[""'`](?<s>[^\s""'`]{{10,}})[""'`]")
        {
            Accept = SecretValue.LooksReal, Shape = SecretShape.QuotedValue,
        },
        new("environment-secret", "a value that looks like a secret", NameWords,
            @"^\s*(?:(?:export|ENV|ARG|set)\s+)?"
                + @"(?<n>[A-Z0-9_]*(?:API_?KEY|SECRET|TOKEN|PASSWD|PASSWORD|PASSPHRASE|ACCESS_?KEY|PRIVATE_?KEY)[A-Z0-9_]*)="
                + @"(?<s>[^\s""'`]{10,})\s*(?:#.*)?$")
        {
            Accept = SecretValue.LooksReal, Shape = SecretShape.PlainValue,
        },
        new("configuration-secret", "a value that looks like a secret", NameWords,
            $@"(?i)^[\s>-]*[""']?(?<n>[\w./-]*{Names}[\w.-]*)[""']?\s*[:=]\s*"
                + @"(?<s>[^\s""'`{}\[\]()<>]{10,})(?:\s+[#;].*)?,?\s*$")
        {
            Accept = SecretValue.LooksReal, Shape = SecretShape.PlainValue, OnlyConfiguration = true,
        },
    ];
}
