namespace Auxo.Pipeline.Checks.Searching;

/// <summary>The rules of the <c>secrets</c> check: formats of keys and tokens that people leave in repositories.</summary>
public static class SecretRules
{
    /// <summary>All of them; guesses come last, so that a format that is known is named.</summary>
    public static readonly IReadOnlyList<SecretRule> All =
    [
        new("private-key", "a private key", ["-----begin"],
            @"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?:\\[nrt]|[^A-Za-z0-9/]){0,60}"
                + @"(?:(?:Proc-Type|DEK-Info|Version|Comment|Charset|Hash): ?[^\n\\]{0,80}(?:\\[nrt]|[^A-Za-z0-9/]){0,40}){0,3}"
                + "(?<s>[A-Za-z0-9+/]{40})")
        {
            MinEntropy = 3.5, LinesBelow = 8,
        },
        new("putty-key", "a PuTTY private key", ["putty-user-key-file"],
            @"^PuTTY-User-Key-File-[23]:[\s\S]{0,900}\nPrivate-Lines: [1-9]") { LinesBelow = 30 },
        Rule("age-key", "an age identity", @"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}", "age-secret-key-1"),
        Rule("aws-access-key", "an AWS access key id", @"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b", 3, "akia", "asia", "abia", "acca"),
        new("aws-secret-key", "an AWS secret access key", ["aws"],
            @"(?i)(?<n>aws[\w .-]*(?:secret|key)[\w .-]*)[""']?\s*(?:[:=]|=>)\s*[""']?(?-i)(?<s>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)")
        {
            MinEntropy = 4, Accept = SecretValue.LooksReal,
        },
        Rule("google-api-key", "a Google API key", @"\bAIza[\w-]{35}\b", 3, "aiza"),
        Rule("google-oauth-secret", "a Google OAuth client secret", @"\bGOCSPX-[\w-]{28}", 3, "gocspx-"),
        Rule("azure-storage-key", "an Azure storage key", @"AccountKey=(?<s>[A-Za-z0-9+/]{86}==)", 4, "accountkey="),
        Rule("azure-client-secret", "an Azure client secret", @"\b[\w~.]{3}[0-9]Q~[\w~.-]{31,34}", 3, "q~"),
        Rule("digitalocean-token", "a DigitalOcean token", @"\bdo[opr]_v1_[a-f0-9]{64}\b", 0, "doo_v1_", "dop_v1_", "dor_v1_"),
        Rule("github-token", "a GitHub token", @"\bgh[pousr]_[A-Za-z0-9]{36,251}\b", 3, "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        Rule("github-pat", "a GitHub fine-grained token", @"\bgithub_pat_\w{82}\b", 3, "github_pat_"),
        Rule("gitlab-token", "a GitLab token", @"\bgl(?:pat|dt|rt|ptt|oas|ft|soat|imt|agent|cbt)-[\w-]{20,64}", 3,
            "glpat-", "gldt-", "glrt-", "glptt-", "gloas-", "glft-", "glsoat-", "glimt-", "glagent-", "glcbt-"),
        Rule("slack-token", "a Slack token", @"\bxox[abeoprs]-[\w-]{10,250}|\bxapp-[0-9]-[A-Z0-9]{1,20}-[0-9]{1,20}-[a-z0-9]{1,100}",
            2.5, "xox", "xapp-"),
        Rule("slack-webhook", "a Slack webhook", @"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{43,56}",
            0, "hooks.slack.com"),
        Rule("discord-webhook", "a Discord webhook", @"discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[\w-]{60,90}", 0, "/api/webhooks/"),
        Rule("teams-webhook", "a Microsoft Teams webhook",
            @"\.webhook\.office\.com/webhookb2/[\w@-]{36,90}/IncomingWebhook/[a-f0-9]{32}", 0, "webhook.office.com"),
        Rule("telegram-bot", "a Telegram bot token", @"\b[0-9]{8,10}:AA[\w-]{33}\b", 3, ":aa"),
        Rule("matrix-token", "a Matrix access token", @"\bsyt_[A-Za-z0-9=]{8,100}_[A-Za-z]{20}_[A-Za-z0-9]{6}\b", 3, "syt_"),
        Rule("stripe-key", "a Stripe key", @"\b[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,99}\b", 2.5, "sk_live_",
            "sk_test_", "sk_prod_", "rk_live_", "rk_test_", "rk_prod_"),
        Rule("twilio-key", "a Twilio API key", @"\bSK[0-9a-f]{32}\b", 3, "twilio"),
        Rule("sendgrid-key", "a SendGrid key", @"\bSG\.[\w-]{22}\.[\w-]{43}\b", 3, "sg."),
        Rule("mailgun-key", "a Mailgun key", @"\b(?:key|pubkey)-[0-9a-f]{32}\b", 3, "key-"),
        Rule("mailchimp-key", "a Mailchimp key", @"\b[0-9a-f]{32}-us[0-9]{1,2}\b", 3, "-us"),
        Rule("npm-token", "an npm token", @"\bnpm_[A-Za-z0-9]{36}\b", 3, "npm_"),
        Rule("pypi-token", "a PyPI token", @"\bpypi-AgE[\w-]{50,1000}", 3, "pypi-age"),
        Rule("nuget-key", "a NuGet key", @"\boy2[a-z0-9]{43}\b", 3, "oy2"),
        Rule("rubygems-key", "a RubyGems key", @"\brubygems_[a-f0-9]{48}\b", 3, "rubygems_"),
        Rule("crates-token", "a crates.io token", @"\bcio[A-Za-z0-9]{32}\b", 3.5, "cio"),
        Rule("docker-token", "a Docker Hub token", @"\bdckr_(?:pat|oat)_[\w-]{27,100}", 3, "dckr_"),
        Rule("openai-key", "an OpenAI key", @"\bsk-(?:(?:proj|svcacct|admin)-)?[\w-]{20,100}T3BlbkFJ[\w-]{20,100}", 3, "t3blbkfj"),
        Rule("anthropic-key", "an Anthropic key", @"\bsk-ant-[a-z]{2,8}[0-9]{2}-[\w-]{80,200}", 3, "sk-ant-"),
        Rule("huggingface-token", "a Hugging Face token", @"\b(?:hf|api_org)_[A-Za-z]{34}\b", 3, "hf_", "api_org_"),
        Rule("vault-token", "a Vault token", @"\bhv[sbr]\.[\w-]{24,300}", 3, "hvs.", "hvb.", "hvr."),
        Rule("terraform-token", "a Terraform Cloud token", @"\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}", 3, ".atlasv1."),
        Rule("pulumi-token", "a Pulumi token", @"\bpul-[a-f0-9]{40}\b", 3, "pul-"),
        Rule("shopify-token", "a Shopify token", @"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b", 3, "shpat_", "shpca_", "shppa_", "shpss_"),
        Rule("square-token", "a Square token", @"\bsq0(?:atp|csp)-[\w-]{22,43}", 3, "sq0"),
        Rule("atlassian-token", "an Atlassian token", @"\bATATT3xFf[\w=+/-]{100,300}", 3, "atatt3xff"),
        Rule("linear-key", "a Linear key", @"\blin_api_[A-Za-z0-9]{40}\b", 3, "lin_api_"),
        Rule("notion-token", "a Notion token", @"\bntn_[0-9]{11}[A-Za-z0-9]{35}\b", 3, "ntn_"),
        Rule("grafana-token", "a Grafana token", @"\bglsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8}\b|\bglc_eyJ[A-Za-z0-9+/=]{40,400}",
            3, "glsa_", "glc_eyj"),
        Rule("newrelic-key", "a New Relic key", @"\bNRAK-[A-Z0-9]{27}\b", 3, "nrak-"),
        Rule("sentry-token", "a Sentry token", @"\bsntry[su]_[A-Za-z0-9+/=_-]{60,400}", 3, "sntrys_", "sntryu_"),
        Rule("tailscale-key", "a Tailscale key", @"\btskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{1,40}-[A-Za-z0-9]{10,100}",
            3, "tskey-"),
        Rule("cloudflare-ca-key", "a Cloudflare origin CA key", @"\bv1\.0-[a-f0-9]{24}-[a-f0-9]{146}\b", 3, "v1.0-"),
        Rule("databricks-token", "a Databricks token", @"\bdapi[a-f0-9]{32}\b", 3, "dapi"),
        Rule("postman-key", "a Postman key", @"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b", 3, "pmak-"),
        Rule("jwt", "a signed JSON web token", @"\bey[A-Za-z0-9_-]{17,}\.ey[A-Za-z0-9_/\\-]{17,}\.[A-Za-z0-9_/\\-]{20,}", 3, "eyj"),
        .. SecretGuesses.All,
    ];

    private static SecretRule Rule(string id, string words, string pattern, params string[] keywords)
        => Rule(id, words, pattern, 0, keywords);

    private static SecretRule Rule(string id, string words, string pattern, double minEntropy, params string[] keywords)
        => new(id, words, keywords, pattern) { MinEntropy = minEntropy };
}
