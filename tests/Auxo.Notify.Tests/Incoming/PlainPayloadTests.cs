using System.Text.Json.Nodes;

using Auxo.Notify.Incoming;
using Auxo.Notify.Notifications;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Notify.Tests.Incoming;

/// <summary>The old flat payload, read leniently.</summary>
public sealed class PlainPayloadTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"title":"Done","message":"all","status":"success"}""", "note.message", "Done", Level.Info)]
    [InlineData("""{"TITLE":"Done"}""", "note.message", "Done", Level.Info)]
    [InlineData("""{"subject":"Done","result":"FAILED"}""", "note.message", "Done", Level.Warning)]
    [InlineData("""{"text":"one\ntwo","project":"heartwood"}""", "note.message", "heartwood: one", Level.Info)]
    [InlineData("""{"event":"ci","state":"error"}""", "note.ci", "ci error", Level.Warning)]
    [InlineData("""{"title":"x","level":"CRITICAL","status":"success"}""", "note.message", "x", Level.Critical)]
    [InlineData("""{"title":42,"status":true}""", "note.message", "42", Level.Info)]
    [InlineData("""{"title":{"a":1},"message":null}""", "note.message", "a notification without a title", Level.Info)]
    [InlineData("""{"event":"../../x y","title":"  "}""", "note.x-y", "../../x y", Level.Info)]
    [InlineData("{}", "note.message", "a notification without a title", Level.Info)]
    public void whatever_the_fields_are_called(string json, string type, string title, Level level)
    {
        var read = PlainPayload.Read(JsonNode.Parse(json)!.AsObject(), Guid.Empty, Now);
        Assert.Equal((type, title, level), (read.Type, read.Title, read.Level));
    }

    [Theory]
    [InlineData("\"2026-11-23T11:00:00Z\"", 11)]
    [InlineData("\"2026-11-23T12:00:00+02:00\"", 10)]
    [InlineData("1795429800", 10)]
    [InlineData("\"2099-01-01T00:00:00Z\"", 12)]
    [InlineData("\"yesterday\"", 12)]
    public void a_time_is_believed_when_it_is_past(string time, int hour)
        => Assert.Equal(
            hour, PlainPayload.Read(JsonNode.Parse($$"""{"title":"x","time":{{time}}}""")!.AsObject(), Guid.Empty, Now).At.Hour);

    [Fact]
    public void what_one_auxo_writes_another_reads()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), Gen.Elements(Enum.GetValues<Contracts.Outcome>())
            .ToArbitrary(), static (title, outcome) =>
        {
            var sent = BuildNotification.Of(Told.Build(outcome, title.Get), Guid.NewGuid());
            var read = PlainPayload.Read(JsonNode.Parse(PlainPayload.Write(sent))!.AsObject(), Guid.NewGuid(), Now);
            return read.Title == sent.Title
                && read.Type == "note." + sent.Type && read.Level == sent.Level && read.At == sent.At && read.Repository == sent.Repository
                && PlainPayload.Origin(read.Payload!) == sent.Id && read.Text.StartsWith(sent.Text, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();
    }
}
