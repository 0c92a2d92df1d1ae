using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Searching;

namespace Auxo.Pipeline.Tests.Checks;

/// <summary>The samples are put together here, so that no scanner, ours included, takes this file for a leak.</summary>
public sealed partial class SecretsTests
{
    private const string Mixed = "q7Zp2LkX9vTn4RbW8sYd3HfJ6mCg5AeU1oQi0BtNxKzVrPwMlDhGjFyEcSuOa2T4";

    public static TheoryData<string, string> Planted => new()
    {
        { "private-key", "-----BEGIN OPENSSH " + "PRIVATE KEY-----\\n" + Mixed },
        { "private-key", "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----\\n" + Mixed },
        { "age-key", "AGE-SECRET-" + "KEY-1" + string.Concat(Enumerable.Repeat("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 2))[..58] },
        { "aws-access-key", "id: AKIA" + "QYLPMN5HFIQR7XYA" },
        { "aws-secret-key", "aws_secret_access_" + "key = " + Mixed[..40] },
        { "google-api-key", "AIza" + Mixed[..35] },
        { "github-token", "url=https://ghp_" + Mixed[..36] + "@x" },
        { "gitlab-token", "glpat-" + Mixed[..20] },
        { "slack-token", "xoxb-" + "123456789012-" + Mixed[..24] },
        { "slack-webhook", "https://hooks.slack." + "com/services/" + Mixed[..44] },
        { "telegram-bot", "110201543:AA" + Mixed[..33] },
        { "stripe-key", "sk_live_" + Mixed[..24] },
        { "npm-token", "//registry.npmjs.org/:_authToken=npm_" + Mixed[..36] },
        { "pypi-token", "pypi-AgEIcHlwaS5vcmc" + Mixed },
        { "nuget-key", "oy2" + Mixed[..43].ToLowerInvariant() },
        { "vault-token", "hvs." + Mixed[..24] },
        { "tailscale-key", "tskey-auth-" + "kAbCdE1CNTRL-" + Mixed[..20] },
        { "jwt", "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0." + Mixed[..43] },
        { "url-password", "postgres://auxo:" + "h7Kq2vXz@db.internal/x" },
        { "generic-secret", "api_key: \"" + Mixed[..32] + "\"" },
        { "generic-secret", "const clientSecret = '" + Mixed[..24] + "';" },
        { "environment-secret", "export DEPLOY_TOKEN=" + Mixed[..32] },
    };

    [Theory]
    [MemberData(nameof(Planted))]
    public void a_planted_secret_is_found_named_and_never_repeated(string rule, string line)
    {
        var found = Assert.Single(Secrets.Scan(Encoding.UTF8.GetBytes($"first\nsecond\n{line}\nlast\n")));
        Assert.Equal((rule, 3), (found.Rule, found.Line));
        Assert.DoesNotContain(Mixed[..16], found.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api_key: \"${API_KEY}\"")]
    [InlineData("password = \"changeme-please-1234567\"")]
    [InlineData("token = os.environ[\"DEPLOY_TOKEN_NAME_1\"]")]
    [InlineData("secret: \"{{ vault.some_value_here_1 }}\"")]
    [InlineData("var token = tokenizer.next_token_value_v2;")]
    [InlineData("https://user:password@example.com/")]
    [InlineData("(\"http://user:pass%20pass@complex.url.com/path?query=yes\", x)")]
    [InlineData("(\"http://user:pass%23pass@complex.url.com/path?query=yes\", x)")]
    [InlineData("Authorization: Basic dXNlcm5hbWU6dGVzdMa2xg==")]
    [InlineData("integrity token: \"sha512-AbCdEf0123456789AbCdEf0123456789\"")]
    [InlineData("key: \"radicle.example.name-of.thing2\"")]
    [InlineData("# -----BEGIN PUBLIC KEY-----")]
    [InlineData("KEYCLOAK_TOKEN_URL=https://sso.example/realms/x")]
    [InlineData("const cacheKey = 'user-profile-page-v2-list';")]
    public void what_only_looks_like_one_is_left_alone(string line)
        => Assert.Empty(Secrets.Scan(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("auxo:allow")]
    [InlineData("gitleaks:allow")]
    public void a_comment_allows_a_line_and_is_told(string comment)
    {
        var found = Assert.Single(Secrets.Scan(Encoding.UTF8.GetBytes($"sk_live_{Mixed[..24]} # {comment}\n")));
        Assert.True(found.IsAllowed);
    }

    [Fact]
    public void a_secret_in_the_middle_of_a_line_of_a_megabyte_is_found()
    {
        var text = new string('x', 500_000) + " glpat-" + Mixed[..20] + " " + new string('y', 500_000);
        Assert.Equal("gitlab-token", Assert.Single(Secrets.Scan(Encoding.UTF8.GetBytes(text))).Rule);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(590)]
    [InlineData(995)]
    [InlineData(1000)]
    [InlineData(2995)]
    public void a_secret_far_behind_the_first_keyword_of_a_long_line_is_found(int distance)
    {
        var text = "key" + new string(' ', distance) + " glpat-" + Mixed[..20] + new string(' ', 5000);
        Assert.Equal("gitlab-token", Assert.Single(Secrets.Scan(Encoding.UTF8.GetBytes(text))).Rule);
    }

    [Fact]
    public void a_placeholder_before_it_does_not_hide_a_secret()
        => Assert.Equal("generic-secret",
            Assert.Single(Secrets.Scan(Encoding.UTF8.GetBytes($"{{token: \"changeme-please-1234567\", secret: \"{Mixed[..32]}\"}}"))).Rule);

    [Fact]
    public void the_number_of_a_line_is_right_after_long_and_empty_lines()
    {
        var text = $"{new string('x', 9000)} key\n\n\nkey token\n{new string(' ', 4000)}ghp_{Mixed[..36]}\n\nsk_live_{Mixed[..24]}\n";
        Assert.Equal([5, 7], Secrets.Scan(Encoding.UTF8.GetBytes(text)).Select(found => found.Line));
    }

    [Fact]
    public void a_file_that_is_a_list_of_secrets_is_told_by_its_first_hundred()
        => Assert.Equal(100, Secrets.Scan(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"ghp_{Mixed[..36]}\n", 5000)))).Count);

    [Fact]
    public void keywords_without_end_stay_linear()
    {
        foreach (var part in (string[])["token=\"aaaa://key:", "aws key secret ", "eyJhbGciOi-eyJ.", "http://a:b",
            "glpat-", "sk-ant-", "key", "-----BEGIN A A ", "xapp-1-A-1-"])
            Assert.Empty(Secrets.Scan(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, (1 << 20) / part.Length)))));
    }

    [Fact]
    public void a_pattern_that_may_backtrack_looks_at_a_bounded_number_of_characters()
    {
        foreach (var rule in SecretRules.All)
        {
            if (rule.Pattern.Options.HasFlag(RegexOptions.NonBacktracking)) continue;
            Assert.True(SecretRule.IsBounded(rule.Expression), rule.Id);
            Assert.InRange(Bounds().Matches(rule.Expression)
                .Sum(match => int.Parse(match.Groups["most"].Value, CultureInfo.InvariantCulture)), 0, 1100);
        }
    }

    [Theory]
    [InlineData("a*", false)]
    [InlineData("a+b", false)]
    [InlineData("a{3,}b", false)]
    [InlineData("(?:ab){2,}", false)]
    [InlineData("[*+]{1,3}\\+\\*a?", true)]
    [InlineData("[\\]*+]{4}", true)]
    public void endless_repetitions_are_seen(string expression, bool bounded) => Assert.Equal(bounded, SecretRule.IsBounded(expression));

    [Fact]
    public void every_rule_has_its_own_name_and_a_keyword_in_lower_case()
    {
        Assert.Equal(SecretRules.All.Count, SecretRules.All.Select(rule => rule.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(SecretRules.All, rule => Assert.NotEmpty(rule.Keywords));
        Assert.All(SecretRules.All.SelectMany(rule => rule.Keywords), keyword => Assert.Equal(keyword.ToLowerInvariant(), keyword));
    }

    [GeneratedRegex(@"\{([0-9]+,)?(?<most>[0-9]+)\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Bounds();

    [Fact]
    public void rules_do_not_find_themselves()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "services", "pipeline", "Checks", "Searching");
        Assert.SkipUnless(Directory.Exists(folder), "the source is not beside the test");
        Assert.All(Directory.GetFiles(folder), file => Assert.Empty(Secrets.Scan(File.ReadAllBytes(file), file)));
    }
}
