using System.Security.Cryptography;
using System.Text;

namespace Auxo.Testing.Secrets;

/// <summary>A file of the corpus.</summary>
/// <param name="What">In words.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Text">What it holds.</param>
/// <param name="Rule">The rule that must find it; null when nothing may be found.</param>
public sealed record SecretSample(string What, string Path, string Text, string? Rule)
{
    /// <inheritdoc/>
    public override string ToString() => What;
}

/// <summary>
/// What the check <c>secrets</c> is measured by: for every rule a secret that it must find and something like it that it must
/// not, and the shapes that were missed or blamed without reason. No value was ever a key: each is made here of a digest, so
/// nothing in this file looks like one either.
/// </summary>
public static partial class SecretCorpus
{
    private const string PemBegin = "-----BEGIN ";
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>All of it.</summary>
    public static IReadOnlyList<SecretSample> All => [.. Secrets(), .. LookAlikes()];

    private static IEnumerable<SecretSample> Secrets()
        => [.. Formats(), .. Places()];

    /// <summary>One for every format that a rule knows.</summary>
    private static IEnumerable<SecretSample> Formats()
    {
        yield return Secret("private-key", "k.pem",
            PemBegin + "RSA PRIVATE " + $"KEY-----\n{Mixed(64, 1)}\n{Mixed(64, 2)}\n");
        yield return Secret("private-key", "k.asc",
            PemBegin + "PGP PRIVATE " + $"KEY BLOCK-----\nVersion: GnuPG v2\n\n{Mixed(64, 3)}\n");
        yield return Secret("private-key", "k.json",
            "{\"private_key\": \"" + PemBegin + "PRIVATE " + $"KEY-----\\n{Mixed(64, 4)}\\n\"}}\n");
        yield return Secret("private-key", "k.go",
            "var k = \"" + PemBegin + "EC PRIVATE " + $"KEY-----\\n\" +\n\t\"{Mixed(64, 5)}\\n\" +\n");
        yield return Secret("putty-key", "k.ppk",
            "PuTTY-User-" + "Key-File-3: ssh-ed25519\nEncryption: none\nComment: me\nPublic-Lines: 1\n"
            + Mixed(64, 6) + "\nPrivate-Lines: 1\n" + Mixed(48, 7) + "\n");
        yield return Secret("age-key", "key.txt",
            "AGE-SECRET-" + "KEY-1" + From("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58, 8) + "\n");
        yield return Secret("aws-access-key", "a.py",
            "boto(\"AKIA" + From("ABCDEFGHJKLMNPQRSTUVWXYZ234567", 16, 9) + "\")\n");
        yield return Secret("aws-secret-key", "a.ini", "aws_secret_access_" + $"key = {Mixed(40, 10)}\n");
        yield return Format("google-api-key", "AIza" + Mixed(35, 11));
        yield return Format("google-oauth-secret", "GOCSPX-" + Mixed(28, 12));
        yield return Format("azure-storage-key",
            "DefaultEndpointsProtocol=https;AccountName=x;Account" + "Key=" + Mixed(86, 13) + "==");
        yield return Format("azure-client-secret", Mixed(3, 14) + "8Q~" + Mixed(34, 15));
        yield return Format("digitalocean-token", "dop_v1_" + Hex(64, 16));
        yield return Format("github-token", "ghp_" + Mixed(36, 17));
        yield return Format("github-pat", "github_pat_" + Mixed(22, 18) + "_" + Mixed(59, 19));
        yield return Format("gitlab-token", "glpat-" + Mixed(20, 20));
        yield return Format("slack-token", "xoxb-" + "917234018273-" + Mixed(24, 21));
        yield return Format("slack-webhook",
            "https://hooks.slack." + "com/services/" + Mixed(9, 22) + "/" + Mixed(9, 23) + "/" + Mixed(24, 24));
        yield return Format("discord-webhook",
            "https://discord.com/api/" + "webhooks/918273645091827364/" + Mixed(68, 25));
        yield return Format("teams-webhook",
            "https://x.webhook.office."
                + $"com/webhookb2/{Guid(26)}@{Guid(27)}/IncomingWebhook/{Hex(32, 28)}/{Guid(29)}");
        yield return Format("telegram-bot", "918273645:AA" + Mixed(33, 30));
        yield return Format("matrix-token",
            "syt_" + Mixed(12, 31) + "_" + From(Letters[..52], 20, 32) + "_" + Mixed(6, 33));
        yield return Format("stripe-key", "sk_" + "live_" + Mixed(24, 34));
        yield return Format("twilio-key", "twilio SK" + Hex(32, 35));
        yield return Format("sendgrid-key", "SG." + Mixed(22, 36) + "." + Mixed(43, 37));
        yield return Format("mailgun-key", "key-" + Hex(32, 38));
        yield return Format("mailchimp-key", Hex(32, 39) + "-us12");
        yield return Format("npm-token", "npm_" + Mixed(36, 40));
        yield return Format("pypi-token", "pypi-AgE" + Mixed(90, 41));
        yield return Format("nuget-key", "oy2" + From(Letters[26..], 43, 42));
        yield return Format("rubygems-key", "rubygems_" + Hex(48, 43));
        yield return Format("crates-token", "cio" + Mixed(32, 44));
        yield return Format("docker-token", "dckr_pat_" + Mixed(27, 45));
        yield return Format("openai-key", "sk-proj-" + Mixed(40, 46) + "T3Blbk" + "FJ" + Mixed(40, 47));
        yield return Format("anthropic-key", "sk-ant-api03-" + Mixed(93, 48));
        yield return Format("huggingface-token", "hf_" + From(Letters[..52], 34, 49));
        yield return Format("vault-token", "hvs." + Mixed(24, 50));
        yield return Format("terraform-token", Mixed(14, 51) + ".atlasv1." + Mixed(64, 52));
        yield return Format("pulumi-token", "pul-" + Hex(40, 53));
        yield return Format("shopify-token", "shpat_" + Hex(32, 54));
        yield return Format("square-token", "sq0atp-" + Mixed(22, 55));
        yield return Format("atlassian-token", "ATATT3xFf" + Mixed(150, 56));
        yield return Format("linear-key", "lin_api_" + Mixed(40, 57));
        yield return Format("notion-token", "ntn_" + From("0123456789", 11, 58) + Mixed(35, 59));
        yield return Format("grafana-token", "glsa_" + Mixed(32, 60) + "_" + Hex(8, 61));
        yield return Format("newrelic-key", "NRAK-" + From(Letters[..26] + "0123456789", 27, 62));
        yield return Format("sentry-token", "sntrys_" + Mixed(80, 63));
        yield return Format("tailscale-key", "tskey-auth-" + Mixed(12, 64) + "-" + Mixed(24, 65));
        yield return Format("cloudflare-ca-key", "v1.0-" + Hex(24, 66) + "-" + Hex(146, 67));
        yield return Format("databricks-token", "dapi" + Hex(32, 68));
        yield return Format("postman-key", "PMAK-" + Hex(24, 69) + "-" + Hex(34, 70));
        yield return Format("jwt", "eyJhbGciOiJI" + "UzI1NiJ9.eyJzdWIiOiI5MTgyNzM2NDUifQ." + Mixed(43, 71));
    }

    private static SecretSample Format(string rule, string value) => Secret(rule, "src/client.ts", $"connect('{value}');\n");

    private static SecretSample Secret(string rule, string path, string text) => new($"{rule} in {path}", path, text, rule);

    private static SecretSample None(string what, string path, string text) => new(what, path, text, null);

    /// <summary>So many characters with upper and lower case and digits.</summary>
    private static string Mixed(int length, int seed) => From(Letters, length, seed);

    private static string Hex(int length, int seed) => From("0123456789abcdef", length, seed);

    private static string Guid(int seed)
        => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"no real key {seed}")).AsSpan(0, 16)).ToString();

    private static string From(string alphabet, int length, int seed)
        => string.Concat(Enumerable.Range(0, length)
            .Select(i => alphabet[SHA256.HashData(Encoding.UTF8.GetBytes($"no real key {seed} {i}"))[0] % alphabet.Length]));
}
