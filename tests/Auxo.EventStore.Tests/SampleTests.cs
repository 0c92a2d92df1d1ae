using System.Text.Json.Serialization;

namespace Auxo.EventStore.Tests;

/// <summary>
/// Yesterday's data must load for ever: each file of <c>Samples</c> is an event as it was stored once, named <c>{event
/// name}.{n}.json</c>. They are added to, never edited. Every service has a folder like this one.
/// </summary>
public sealed partial class SampleTests
{
    private static readonly EventOptions Events = Bank.Options(o =>
        o.Events.Upcast("account_credited", OldJson.Default.Credited, old => new AccountEvent.Deposited((long)(old.Amount * 100)))).Events;

    public static TheoryData<string> Files
        => [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Samples"))
            .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void every_old_event_loads(string file)
    {
        var data = Events.Read(file.Split('.')[0], File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", file)));
        Assert.Equal(Expected(file), data);
    }

    [Fact]
    public void every_event_has_a_sample()
        => Assert.Equal(Events.Names.Order(StringComparer.Ordinal), Files.Select(row => row.Data.Split('.')[0])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static AccountEvent Expected(string file) => file switch
    {
        "account_opened.1.json" => new AccountEvent.Opened("ann"),
        "account_deposited.1.json" => new AccountEvent.Deposited(500),
        "account_withdrawn.1.json" => new AccountEvent.Withdrawn(20),
        "account_withdrawn.2.json" => new AccountEvent.Withdrawn(20, "lunch"),
        "account_closed.1.json" => new AccountEvent.Closed(),
        "account_credited.1.json" => new AccountEvent.Deposited(150),
        _ => throw new InvalidOperationException($"Say here what {file} means."),
    };

    /// <summary>The event of a version long gone.</summary>
    internal sealed record Credited(decimal Amount);

    [JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Credited))]
    internal sealed partial class OldJson : JsonSerializerContext;
}
