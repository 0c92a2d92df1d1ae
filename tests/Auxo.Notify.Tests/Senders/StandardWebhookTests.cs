using System.Net;
using System.Text.Json.Nodes;

using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;
using Auxo.Notify.Senders;
using Auxo.ServiceDefaults.Egress;

namespace Auxo.Notify.Tests.Senders;

/// <summary>Signatures, bodies, and what answers mean.</summary>
public sealed class StandardWebhookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void the_signature_is_that_of_the_specifications_example()
        => Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            StandardWebhook.Sign(
                [new SigningSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", null)], "msg_p5jXN8AQM9LWM0D4loKWxJek",
                DateTimeOffset.FromUnixTimeSeconds(1614265330), """{"test": 2432232314}"""u8));

    [Fact]
    public void every_secret_that_is_valid_signs_the_newest_first()
    {
        SigningSecret[] secrets = [new(WebhookSecret.Generate(), null), new(WebhookSecret.Generate(), Now.AddSeconds(1))];
        var both = StandardWebhook.Sign(secrets, "msg_1", Now, "{}"u8).Split(' ');
        Assert.Equal(
            [StandardWebhook.Sign(secrets[..1], "msg_1", Now, "{}"u8), StandardWebhook.Sign(secrets[1..], "msg_1", Now, "{}"u8)], both);
        Assert.Equal(both[0][..3], StandardWebhook.Sign(secrets, "msg_1", Now.AddSeconds(1), "{}"u8)[..3]);
        Assert.DoesNotContain(' ', StandardWebhook.Sign(secrets, "msg_1", Now.AddSeconds(1), "{}"u8));
    }

    [Theory]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 24)]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 24)]
    [InlineData("whsec_", null)]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa", null)]
    [InlineData("whsec_not base64!", null)]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", null)]
    public void a_secret_has_24_to_64_bytes(string text, int? length) => Assert.Equal(length, WebhookSecret.Key(text)?.Length);

    [Fact]
    public void secrets_do_not_print_themselves()
    {
        var secret = new SigningSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", null);
        Assert.DoesNotContain("MfKQ",
            $"{secret} {new ChannelSettings(new WebhookSettings("https://example.org/MfKQ", WebhookFormat.Standard, [secret]))}",
            StringComparison.Ordinal);
    }

    [Fact]
    public void a_body_stays_below_what_receivers_take_and_keeps_what_matters()
    {
        var long1000 = new string('ä', 1000);
        var body = StandardWebhook.Body(
            BuildNotification.Of(Told.Build(title: long1000, steps: 300, findings: 100) with { Reason = long1000 }, Guid.NewGuid()));
        Assert.InRange(body.Length, 1, StandardWebhook.MaxBytes);
        var read = JsonNode.Parse(body)!;
        Assert.Equal(["data", "timestamp", "type"], read.AsObject().Select(static p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal("failed", (string)read["data"]!["build"]!["outcome"]!);
    }

    [Theory]
    [InlineData(200, typeof(SendResult.Delivered))]
    [InlineData(202, typeof(SendResult.Delivered))]
    [InlineData(204, typeof(SendResult.Delivered))]
    [InlineData(301, typeof(SendResult.Refused))]
    [InlineData(307, typeof(SendResult.Refused))]
    [InlineData(400, typeof(SendResult.Refused))]
    [InlineData(403, typeof(SendResult.Refused))]
    [InlineData(408, typeof(SendResult.Failed))]
    [InlineData(410, typeof(SendResult.Gone))]
    [InlineData(425, typeof(SendResult.Failed))]
    [InlineData(429, typeof(SendResult.Failed))]
    [InlineData(500, typeof(SendResult.Failed))]
    [InlineData(599, typeof(SendResult.Failed))]
    [InlineData(101, typeof(SendResult.Refused))]
    public void an_answer_means(int status, Type meaning)
        => Assert.IsType(meaning, WebhookSender.Result(new GuardedAnswer((HttpStatusCode)status, "", null), Now));

    [Theory]
    [InlineData("120", 120.0)]
    [InlineData("0", 0.0)]
    [InlineData("Mon, 23 Nov 2026 12:00:30 GMT", 30.0)]
    [InlineData("Mon, 23 Nov 2026 11:00:00 GMT", 0.0)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("0.25", 0.25)]
    [InlineData(" 1.5 ", 1.5)]
    [InlineData("NaN", null)]
    [InlineData("1e3", null)]
    [InlineData("", null)]
    public void retry_after_is_seconds_or_a_date(string header, double? seconds)
        => Assert.Equal(seconds, RetryAfter.Read(header, Now)?.TotalSeconds);
}
