using System.Net;
using System.Text;
using System.Text.Json;

using Auxo.Contracts;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.StepSecrets.Masking;

namespace Auxo.Pipeline.Tests.StepSecrets;

/// <summary>Nothing of a value comes through, however it is written and cut, and text without it comes through as it is.</summary>
public sealed class MaskTests
{
    private const string Key = "-----BEGIN KEY-----\nMIIBVgIBADANBgkqhkiG9w0BAQEFAASC\nrnd+/8xQ\n-----END KEY-----\n";

    [Theory]
    [InlineData("the token is tok-s3cr3t!", "the token is ***")]
    [InlineData("tok-s3cr3t!tok-s3cr3t!", "***")]
    [InlineData("tok-s3cr3t tok-s3cr3", "tok-s3cr3t ***")]
    [InlineData("a tok-s3c", "a tok-s3c")]
    [InlineData("746f6b2d73336372337421 746F6B2D73336372337421", "*** ***")]
    [InlineData("tok-s3cr3t%21", "***")]
    [InlineData("tok-\ns3cr3t!\n", "***\n")]
    public void a_token_is_hidden(string text, string seen) => Assert.Equal(seen, Through("tok-s3cr3t!", text));

    [Fact]
    public void overlapping_secrets_are_hidden_whole()
    {
        var mask = SecretMask.Of(["abcdefgh", "efghijkl", "ghij"])!;
        Assert.Equal("1***2***3", mask.Text("1abcdefghijkl2ghij3"));
    }

    [Fact]
    public void each_line_of_a_key_is_hidden_and_all_of_them_in_base64_with_its_line_ends()
    {
        Assert.Equal("1 ***\n2 ***\n***\n", Through(Key, "1 -----BEGIN KEY-----\n2 MIIBVgIBADANBgkqhkiG9w0BAQEFAASC\nrnd+/8xQ\n"));
        var wrapped = string.Concat(
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Key)).Chunk(20).Select(static line => new string(line) + "\r\n"));
        Assert.DoesNotMatch("[A-Za-z0-9+/]{4}", Through(Key, wrapped));
    }

    [Fact]
    public void what_an_ellipsis_cuts_off_is_hidden_too()
        => Assert.Equal("failed: ***…", SecretMask.Of(["correct horse battery staple"])!.Text("failed: correct horse…"));

    [Fact]
    public void a_beginning_waits_for_its_end_and_short_ones_only_for_a_pause()
    {
        var stream = new MaskedStream(SecretMask.Of(["tok-s3cr3t!"])!);
        Assert.Equal("a line ", Text(stream.Write("a line to\n"u8)));
        Assert.True(stream.Waits);
        Assert.Equal("to\n", Text(stream.Pause()));
        Assert.False(stream.Waits);
        Assert.Equal("", Text(stream.Write("k-s3"u8)));
        Assert.Equal("", Text(stream.Pause()));
        Assert.Equal("*** and more", Text(stream.Write("cr3t! and more"u8)));
        Assert.Equal("tax", Text(stream.Write("tax"u8)));
        Assert.Equal("", Text(stream.End()));
    }

    [Fact]
    public void a_step_that_is_ended_in_the_middle_of_a_secret_has_not_shown_it()
    {
        var stream = new MaskedStream(SecretMask.Of(["tok-s3cr3t!"])!);
        Assert.Equal("", Text(stream.Write("tok-s3cr3"u8)));
        Assert.Equal("***", Text(stream.End()));
        Assert.Equal("", Text(stream.Write("tok"u8)));
        Assert.Equal("tok", Text(stream.End()));
    }

    [Fact]
    public void random_values_do_not_come_through_in_any_form_however_the_output_is_cut()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var value = Value(random);
            foreach (var (form, isWhole) in Forms(value, random))
            {
                var (before, behind) = (Noise(random), Noise(random));
                var seen = Through(value, before + form + behind, random);
                Assert.True(!seen.Contains(form, StringComparison.Ordinal), $"seed {seed}: '{form}' came through");
                if (isWhole) Assert.True(seen == before + "***" + behind, $"seed {seed}: '{form}' is '{seen}'");
                // A pause may show three bytes of it, and nothing else.
                seen = Through(value, before + form + behind, random, pauses: true);
                if (isWhole) Assert.InRange(seen.Length, 3, before.Length + 6 + behind.Length);
            }
        }
    }

    [Fact]
    public void text_without_a_secret_comes_through_byte_for_byte()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(2000)];
            random.NextBytes(bytes);
            Assert.Equal(bytes, Bytes(SecretMask.Of([Value(random), Value(random)])!, bytes, random, pauses: true));
        }
    }

    [Fact]
    public void a_large_value_is_hidden_and_no_more_than_a_piece_of_it_is_held_back()
    {
        var random = new Random(7);
        var value = string.Concat(Enumerable.Range(0, 64 << 10).Select(_ => (char)random.Next('!', 'z')));
        var stream = new MaskedStream(SecretMask.Of([value])!);
        var text = Encoding.UTF8.GetBytes("1" + value + "2" + Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) + "3");
        var (seen, most) = (new StringBuilder(), 0);
        for (var at = 0; at < text.Length; at += 100)
        {
            seen.Append(Text(stream.Write(text.AsSpan(at, Math.Min(100, text.Length - at)))));
            most = Math.Max(most, stream.Held);
        }

        seen.Append(Text(stream.End()));
        Assert.Matches("^1\\*\\*\\*2\\*\\*\\*[A-Za-z0-9+/=]{0,4}3$", seen.ToString());
        Assert.InRange(most, 1, SecretForms.MaxBytes);
    }

    [Fact]
    public void all_that_is_said_of_a_step_is_hidden()
    {
        const string secret = "tok-s3cr3t!";
        var report = SecretMask.Of([secret])!.Over(new StepReport(
            new StepResult("test", "command", Outcome.Failed, true, TimeSpan.Zero, 1, $"command 1 of 1 (./push {secret})")
            {
                Hint = $"without {secret}",
            },
            [new Finding("test", secret, Severity.Low, secret, 1, $"see {secret}", false)], [])
        {
            Tests = new StepTests("test", 1, 0, 1, 0, [new FailedTest(secret, $"not {secret}", secret, true, secret)], [secret]),
            Coverage = new StepCoverage(
                "test", "lines", new LineCount(1, 1), new LineCount(0, 0), null, null,
                [new CoveredFile(secret, new LineCount(1, 1), [])], 1),
        });
        Assert.DoesNotContain(secret, JsonSerializer.Serialize(report), StringComparison.Ordinal);
        Assert.Equal(("command 1 of 1 (./push ***)", "without ***"), (report.Result.Summary, report.Result.Hint));
    }

    private static string Value(Random random)
    {
        const string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+/=.:!\"'$`\\&<>%@ é€😀";
        var runes = letters.EnumerateRunes().ToArray();
        string value;
        do value = string.Concat(Enumerable.Range(0, random.Next(8, 60)).Select(_ => runes[random.Next(runes.Length)].ToString())).Trim();
        while (Encoding.UTF8.GetByteCount(value) < 8);
        return value;
    }

    /// <summary>What programs write, and whether the mask hides it to its last character.</summary>
    private static IEnumerable<(string Form, bool IsWhole)> Forms(string value, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return (value, true);
        yield return (Convert.ToHexString(bytes), true);
        yield return (Convert.ToHexStringLower(bytes), true);
        yield return (Uri.EscapeDataString(value), true);
        yield return (WebUtility.UrlEncode(value), true);
        yield return (JsonEncodedText.Encode(value).Value, true);
        yield return (JsonSerializer.Serialize(value, Relaxed)[1..^1], true);
        yield return (string.Join('\n', value.EnumerateRunes().Chunk(5).Select(static line => string.Concat(line))), true);
        for (var before = 0; before < 3; before++)
        {
            var encoded = Convert.ToBase64String([.. Enumerable.Range(0, before).Select(_ => (byte)random.Next(256)), .. bytes]);
            yield return (encoded, false);
            yield return (encoded.Replace('+', '-').Replace('/', '_'), false);
        }
    }

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Noise(Random random) => new(' ', random.Next(4));

    private static string Through(string value, string text, Random? random = null, bool pauses = false)
        => Encoding.UTF8.GetString(Bytes(SecretMask.Of([value])!, Encoding.UTF8.GetBytes(text), random, pauses));

    private static byte[] Bytes(SecretMask mask, byte[] bytes, Random? random, bool pauses = false)
    {
        var (stream, seen) = (new MaskedStream(mask), new List<byte>());
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(bytes.Length - at, random?.Next(1, 40) ?? 1);
            seen.AddRange(stream.Write(bytes.AsSpan(at, size)));
            if (pauses && random!.Next(3) == 0) seen.AddRange(stream.Pause());
            at += size;
        }

        seen.AddRange(stream.End());
        return [.. seen];
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
