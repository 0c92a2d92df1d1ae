using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Auxo.Contracts;
using Auxo.Notify.Channels;
using Auxo.Notify.Chat;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Incoming;
using Auxo.Notify.Notifications;
using Auxo.ServiceDefaults.Egress;

using FsCheck;
using FsCheck.Fluent;

using Outcome = Auxo.Contracts.Outcome;

namespace Auxo.Notify.Tests.Chat;

/// <summary>What stands on a card, in the form of each service; and what the services' answers mean.</summary>
public sealed class CardTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static readonly string[] Names = ["slack", "mattermost", "rocket.chat", "discord", "ntfy", "matrix", "teams"];

    public static TheoryData<string> Services => [.. Names];

    /// <summary>Words that mean something to one of the services, and what must not be in any body.</summary>
    public static TheoryData<string, string> Hostile
    {
        get
        {
            var table = new TheoryData<string, string>();
            foreach (var service in (string[])["slack", "mattermost", "rocket.chat", "discord", "matrix"])
                foreach (var word in (string[])["<!channel>", "<!here|x>", "<@U0123>", "<#C1>", "<@&99>", "@everyone", "@here", "@all",
                    "@room", "<i>", "<a href=\"x\">", "<script>", "<https://evil.example|Log>"]) table.Add(service, word);
            foreach (var service in (string[])["mattermost", "rocket.chat", "discord"])
                foreach (var word in (string[])["[log](https://evil.example)", "**bold**", "`code`", "||hidden||", "~town-square", "# big",
                    "__x__"]) table.Add(service, word);
            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void words_from_outside_are_neither_markup_nor_a_call(string service, string word)
    {
        var build = Told.Build(title: word, repository: word) with
        {
            Subject = Told.Build(title: word, repository: word).Subject with { Ref = word, PatchId = null },
        };
        var told = BuildNotification.Of(build, Guid.NewGuid());
        told = told with
        {
            Build = told.Build! with { Reason = word, Steps = [new StepFacts(word, Outcome.Failed, true, 1, word)] },
        };

        var text = Texts(JsonNode.Parse(Write(service, told))!.AsObject()).Aggregate("", static (all, t) => all + "\n" + t);

        // Behind a backslash it is a word.
        Assert.DoesNotMatch(@"(?<!\\)" + Regex.Escape(word), text);
        var read = WebUtility.HtmlDecode(text.Replace("\\", "", StringComparison.Ordinal).Replace("\u200B", "", StringComparison.Ordinal));
        Assert.Contains(word, read, StringComparison.Ordinal);
    }

    /// <summary>Discord and Matrix hear that nobody is meant; Teams and ntfy get words where no markup counts.</summary>
    [Fact]
    public void where_a_service_has_a_switch_for_calling_people_it_is_off()
    {
        var told = BuildNotification.Of(Told.Build(title: "@everyone [x](https://evil.example)"), Guid.NewGuid());
        Assert.Equal("[]", Body("discord", told)["allowed_mentions"]!["parse"]!.ToJsonString());
        Assert.Equal("{}", Body("matrix", told)["m.mentions"]!.ToJsonString());
        Assert.DoesNotContain("@everyone", (string)Body("matrix", told)["body"]!, StringComparison.Ordinal);
        Assert.False((bool)Body("slack", told)["mrkdwn"]!);
        Assert.Null(Body("ntfy", told)["markdown"]);
        Assert.DoesNotContain("\"TextBlock\"", Body("teams", told).ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void a_card_has_colour_facts_the_failing_steps_and_a_link(string service)
    {
        var told = BuildNotification.Of(Told.Build(url: "https://auxo.example/builds/1?a=1&b=2", steps: 3), Guid.NewGuid());

        var body = Write(service, told);

        foreach (var word in (string[])["heartwood: failed: Fix the handshake", "1a2b3c4", "8fabc1d", "13.5 s", "step 1", "1 error",
            "auxo.example/builds/1?a=1"]) Assert.Contains(word, body, StringComparison.Ordinal);
        Assert.DoesNotContain("step 2", body, StringComparison.Ordinal);
        Assert.Contains(
            service switch { "ntfy" => "\"priority\":4", "teams" => "\"style\":\"warning\"", "discord" => "11689472", _ => "#B25E00" },
            body, StringComparison.Ordinal);
        Assert.Equal(200, Status(service, body));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void numbers_that_others_report_are_facts_on_the_card(string service)
    {
        var dora = PlainPayload.Read(
            JsonNode.Parse("""{"title":"DORA, week 47","lead_time":"2 h 10 min","change_fail_rate":0.12,"api_key":"abcd1"}""")!.AsObject(),
            Guid.NewGuid(), Now);
        var alert = AlertNotification.Of(
            AlertSender.Grafana, AlertBody.Read(JsonNode.Parse(
                """{"version":"1","alerts":[{"labels":{"alertname":"Lead"},"values":{"hours":31.5}}]}""")).Alerts[0], null, Now);
        var failure = FailureNotification.Of(
            new FailureDetected(Told.Rid, "inc-7", "deploy-42", "Logins fail", Told.At.AddMinutes(-9), Told.At), Guid.NewGuid(),
            new KnownNames("heartwood", null));

        foreach (var word in (string[])["2 h 10 min", "0.12"]) Assert.Contains(word, Write(service, dora), StringComparison.Ordinal);
        Assert.DoesNotContain("abcd1", Write(service, dora), StringComparison.Ordinal);
        Assert.Contains("31.5", Write(service, alert), StringComparison.Ordinal);
        foreach (var word in (string[])["inc-7", "deploy-42", "11:51"])
            Assert.Contains(word, Write(service, failure), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void whatever_is_said_is_taken_and_what_was_cut_shows_it(string service)
    {
        var texts = Gen.Elements("&", "@", "*", "<", "ß", "漢", "😀", "\\", "word ", "\n", "\u202E", "x", "{", "\"")
            .ArrayOf().Select(static parts => string.Concat(parts));
        Prop.ForAll(
            texts.ToArbitrary(), Gen.Choose(0, 400).ToArbitrary(), Gen.Choose(0, 60).ToArbitrary(), (text, times, steps) =>
            {
                var words = string.Concat(Enumerable.Repeat(text, times));
                var build = Told.Build(title: words, steps: 1, findings: 10) with
                {
                    Steps = [.. Enumerable.Range(0, steps).Select(i => new StepResult(
                        words + i, "check", Outcome.Failed, true, TimeSpan.FromSeconds(1), null, words))],
                };
                var payload = new JsonObject { ["title"] = words, ["message"] = words };
                for (var i = 0; i < steps; i++) payload[$"{words}{i}"] = words;
                return Status(service, Write(service, BuildNotification.Of(build, Guid.NewGuid()))) == 200
                    && Status(service, Write(service, PlainPayload.Read(payload, Guid.NewGuid(), Now))) == 200;
            }).QuickCheckThrowOnFailure();

        var many = Told.Build(steps: 1) with
        {
            Steps = [.. Enumerable.Range(0, 45).Select(static i => new StepResult(
                $"step {i}", "check", Outcome.Failed, true, TimeSpan.FromSeconds(1), null, new string('w', 180)))],
        };
        Assert.Matches("… and [0-9]+ more", Write(service, BuildNotification.Of(many, Guid.NewGuid())));
    }

    [Theory]
    [InlineData("slack", 200, "ok", "", typeof(SendResult.Delivered), "took it")]
    [InlineData("slack", 400, "invalid_blocks", "", typeof(SendResult.Refused), "400: invalid_blocks")]
    [InlineData("slack", 400, "msg_blocks_too_long", "", typeof(SendResult.Refused), "msg_blocks_too_long")]
    [InlineData("slack", 403, "action_prohibited", "", typeof(SendResult.Refused), "does not let Auxo in (403: action_prohibited)")]
    [InlineData("slack", 404, "no_service", "", typeof(SendResult.Gone), "404: no_service")]
    [InlineData("slack", 410, "channel_is_archived", "", typeof(SendResult.Gone), "410: channel_is_archived")]
    [InlineData("slack", 429, "rate_limited", "30", typeof(SendResult.Failed), "30")]
    [InlineData("slack", 500, "rollup_error", "", typeof(SendResult.Failed), "500")]
    [InlineData("slack", 200, "<!DOCTYPE html><title>Sign in</title>", "", typeof(SendResult.Refused), "a web page answered")]
    [InlineData("slack", 200, """{"success":false,"error":"invalid channel"}""", "", typeof(SendResult.Refused), "invalid channel")]
    [InlineData("slack", 302, "", "", typeof(SendResult.Refused), "redirects")]
    [InlineData("discord", 204, "", "", typeof(SendResult.Delivered), "took it")]
    [InlineData("discord", 404, """{"message": "Unknown Webhook", "code": 10015}""", "", typeof(SendResult.Gone), "Unknown Webhook")]
    [InlineData("discord", 429, """{"retry_after": 0.65, "global": false}""", "", typeof(SendResult.Failed), "0.65")]
    [InlineData("discord", 429, """{"retry_after": 64.57, "global": true}""", "1", typeof(SendResult.Failed), "64.57")]
    [InlineData("discord", 429, """{"retry_after": "soon"}""", "2.5", typeof(SendResult.Failed), "2.5")]
    [InlineData("discord", 429, "<html>error code: 1015</html>", "", typeof(SendResult.Failed), "later")]
    [InlineData("ntfy", 429, """{"code":42901,"http":429,"error":"limit reached"}""", "", typeof(SendResult.Failed), "later")]
    [InlineData("ntfy", 403, """{"code":40301,"error":"forbidden"}""", "", typeof(SendResult.Refused), "forbidden")]
    [InlineData("ntfy", 507, "", "", typeof(SendResult.Failed), "507")]
    [InlineData("matrix", 429, """{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500}""", "", typeof(SendResult.Failed), "1.5")]
    [InlineData("matrix", 403, """{"errcode":"M_FORBIDDEN","error":"User not in room"}""", "", typeof(SendResult.Refused), "not in room")]
    [InlineData("matrix", 401, """{"errcode":"M_UNKNOWN_TOKEN"}""", "", typeof(SendResult.Refused), "a token that is valid")]
    [InlineData("teams", 202, "", "", typeof(SendResult.Delivered), "took it")]
    [InlineData("teams", 200, "1", "", typeof(SendResult.Delivered), "took it")]
    [InlineData("teams", 200, "Microsoft Teams endpoint returned HTTP error 429 with ContextId x", "", typeof(SendResult.Failed), "later")]
    [InlineData("teams", 200, "Microsoft Teams endpoint returned HTTP error 404 with ContextId x", "", typeof(SendResult.Gone), "404")]
    [InlineData("teams", 400, """{"error":{"code":"TriggerInputSchemaMismatch"}}""", "", typeof(SendResult.Refused), "SchemaMismatch")]
    public void an_answer_means(string service, int status, string body, string retryAfter, Type meaning, string said)
    {
        var of = ChatService.All.Single(s => s.Kind == ChatServers.Kind(service));
        var answer = new GuardedAnswer((HttpStatusCode)status, body, retryAfter.Length == 0 ? null : retryAfter);
        var result = ChatAnswer.Result(of, answer, Now);
        Assert.IsType(meaning, result);
        var wish = (result as SendResult.Failed)?.RetryAfter?.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        Assert.Contains(said, result.Detail + " " + wish, StringComparison.Ordinal);
    }

    private static JsonObject Body(string service, Notification told) => JsonNode.Parse(Write(service, told))!.AsObject();

    private static string Write(string service, Notification told)
    {
        var of = ChatService.All.Single(s => s.Kind == ChatServers.Kind(service));
        return Encoding.UTF8.GetString(of.Write(Card.Of(told), Settings(service)));
    }

    private static ChatSettings Settings(string service)
        => new(ChatServers.Kind(service), "https://chat.example" + ChatServers.Path(service), ChatServers.Room, ChatServers.Token);

    private static int Status(string service, string body)
    {
        var of = ChatService.All.Single(s => s.Kind == ChatServers.Kind(service));
        var path = of.Address(Settings(service), "msg_1")["https://chat.example".Length..];
        var authorization = service is "matrix" or "ntfy" ? "Bearer " + ChatServers.Token : null;
        var (status, _) = ChatServers.Answer(service, of.Method.Method, path, authorization, Encoding.UTF8.GetBytes(body));
        return status is >= 200 and < 300 ? 200 : status;
    }

    /// <summary>All texts that are shown, but for the plain form of Matrix, which has no markup.</summary>
    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject map => map.Where(static p => p.Key is not "body").SelectMany(static p => Texts(p.Value)),
        JsonArray list => list.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };
}
