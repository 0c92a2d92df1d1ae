using System.Text;

namespace Auxo.Testing.Secrets;

public static partial class SecretCorpus
{
    private static string Basic(string user, int seed) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Mixed(16, seed)}"));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>Values that only their place makes secrets.</summary>
    private static IEnumerable<SecretSample> Places()
    {
        yield return Secret("npmrc-auth", ".npmrc", "//registry.npmjs.org/:_auth" + $"Token={Mixed(32, 101)}\n");
        yield return Secret("docker-auth", "config.json",
            "{\"auths\": {\"r\": {\"auth\": \"" + Basic("me", 102) + "\"}}}\n");
        yield return Secret("basic-auth", "get.sh",
            "wget --header 'Authorization: Basic " + Basic("me", 103) + "' https://x.test/\n");
        yield return Secret("bearer-token", "get.sh",
            "curl -H 'Authorization: Bearer " + Mixed(40, 104) + "' https://x.test/\n");
        yield return Secret("bearer-token", "get.js",
            "fetch(u, {headers: {\"Authorization\": \"token " + Hex(40, 105) + "\"}});\n");
        yield return Secret("key-header", "get.sh",
            "curl -H \"PRIVATE-" + $"TOKEN: {Mixed(22, 106)}\" https://x.test/\n");
        yield return Secret("key-header", "get.http", "GET /x\nX-Api-" + $"Key: {Mixed(32, 107)}\n");
        yield return Secret("url-password", "a.rb", "DB = 'postgres://app:" + Mixed(12, 108) + "@db.internal/x'\n");
        yield return Secret("url-password", "a.rs", "let u = \"amqp://app:" + Mixed(6, 109) + "!9@mq.internal\";\n");
        yield return Secret("connection-string", "app.cs",
            "var c = \"Server=db;User Id=app;Pass" + $"word={Mixed(8, 110)}#4;Encrypt=true\";\n");
        yield return Secret("netrc", ".netrc", "machine x.internal login app pass" + $"word {Mixed(14, 111)}\n");
        yield return Secret("command-user", "up.sh",
            "curl -sf -T out.tgz -u deploy:" + Mixed(14, 112) + " https://x.internal/\n");
        yield return Secret("command-password", "up.sh", "tool login --user me --pass" + $"word {Mixed(16, 113)}\n");
        yield return Secret("command-password", "Makefile", "\tnpx deploy --to" + $"ken={Mixed(32, 114)} out\n");
        yield return Secret("command-short-password", "up.sh",
            "sshpass -p '" + Mixed(10, 115) + "%2' ssh x.internal\n");
        yield return Secret("command-short-password", "up.sh",
            "mysqldump -u root -p" + Mixed(12, 116) + " app > app.sql\n");
        yield return Secret("xml-secret", "settings.xml",
            "<server><pass" + $"word>{Mixed(18, 117)}</pass" + "word></server>\n");
        yield return Secret("xml-secret", "nuget.config",
            "<add key=\"ClearTextPass" + $"word\" value=\"{Mixed(18, 118)}\" />\n");
        yield return Secret("generic-secret", "a.py", "api_" + $"key = \"{Mixed(32, 119)}\"\n");
        yield return Secret("generic-secret", "a.ts",
            "const client" + $"Secret: string = '{Mixed(24, 120)}';\n".Replace(": string", "", StringComparison.Ordinal));
        yield return Secret("generic-secret", "a.tf", "  db_pass" + $"word = \"{Mixed(22, 121)}\"\n");
        yield return Secret("generic-secret", "a.php",
            "'pass" + $"word' => '{Mixed(8, 122)}!?9$',\n".Replace("$", "#", StringComparison.Ordinal));
        yield return Secret("generic-secret", "a.json",
            "{\"pass" + $"word\": \"{Mixed(8, 123)}@/+{Mixed(4, 124)}\"}}\n");
        yield return Secret("environment-secret", "run.sh", "export DEPLOY_" + $"TOKEN={Mixed(32, 125)}\n");
        yield return Secret("environment-secret", "Dockerfile", "ENV API_" + $"KEY={Mixed(24, 126)}\n");
        yield return Secret("configuration-secret", "app.yaml",
            "db:\n  user: app\n  pass" + $"word: {Mixed(24, 127)}\n");
        yield return Secret("configuration-secret", "app.properties",
            "spring.datasource.pass" + $"word={Mixed(24, 128)}\n");
        yield return Secret("configuration-secret", "app.ini",
            "[db]\npass" + $"word = {Mixed(9, 129)}-!{Mixed(4, 130)} ; the new one\n");
        yield return Secret("configuration-secret", "values.yml",
            "- redisPass" + $"word: {Mixed(16, 131)}  # since May\n");
        yield return Secret("configuration-secret", "secret.yaml",
            "apiVersion: v1\nkind: Secret\ndata:\n  pass" + $"word: {Base64(Mixed(20, 132))}\n");
        yield return Secret("generic-secret", "secret.json",
            "{\n  \"apiVersion\": \"v1\",\n  \"data\": {\n    \"user\": \"" + Base64("application") + "\",\n    \"pass"
                + $"word\": \"{Base64(Mixed(20, 136))}\"\n  }},\n  \"kind\": \"Secret\"\n}}\n");
        yield return Secret("configuration-secret", "string.yaml",
            "kind: Secret\nstringData:\n  api-to" + $"ken: {Mixed(28, 133)}\n");
        yield return Secret("private-key", "tls.yaml", "kind: Secret\ndata:\n  tls.key: "
            + Base64(PemBegin + "PRIVATE " + $"KEY-----\n{Mixed(64, 134)}\n{Mixed(64, 135)}\n") + "\n");
    }
}
