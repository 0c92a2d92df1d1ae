using Auxo.EventStore.Projections;

using Npgsql;

namespace Auxo.EventStore.Tests;

/// <summary>What is wrong with an aggregate or a projection is said when the store is made, not when the first event comes.</summary>
public sealed class AggregateTests
{
    [Fact]
    public void create_and_apply_for_one_event_is_ambiguous()
        => Assert.Contains("both Create and Apply", Refused(o => o.Projections.LiveStreamAggregation<Ambiguous>()),
            StringComparison.Ordinal);

    [Fact]
    public void a_method_of_a_wrong_form_is_refused()
        => Assert.Contains("static Crooked Create(E)", Refused(o => o.Projections.LiveStreamAggregation<Crooked>()),
            StringComparison.Ordinal);

    [Fact]
    public void a_method_for_what_is_no_event_is_refused()
        => Assert.Contains("no mapped event", Refused(o => o.Projections.LiveStreamAggregation<Strange>()), StringComparison.Ordinal);

    [Fact]
    public void a_type_without_methods_is_no_aggregate()
        => Assert.Contains("neither Create nor Apply", Refused(o => o.Projections.LiveStreamAggregation<Note>()), StringComparison.Ordinal);

    [Fact]
    public void a_projection_of_many_streams_must_say_which_document_an_event_belongs_to()
        => Assert.Contains("Identity", Refused(o => o.Projections.Add<Homeless>(ProjectionLifecycle.Async)), StringComparison.Ordinal);

    [Fact]
    public void a_name_is_given_once()
    {
        Assert.Contains("mapped twice", Refused(o => o.Events.MapEventType("again", BankJson.Default.Opened)), StringComparison.Ordinal);
        Assert.Contains("mapped twice", Refused(o => o.Events.MapEventType("account_opened", BankJson.Default.Note)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void a_document_needs_to_know_how_it_is_written()
        => Assert.Contains("JsonSerializable", Refused(o => o.Schema.For<Crooked>(_ => "")), StringComparison.Ordinal);

    private static string Refused(Action<StoreOptions> more)
    {
        using var source = NpgsqlDataSource.Create("Host=nowhere");
        return Assert.Throws<InvalidOperationException>(() => new DocumentStore(source, Bank.Options(more))).Message;
    }

    internal sealed record Ambiguous
    {
        public static Ambiguous Create(AccountEvent.Opened e) => new();

        public Ambiguous Apply(AccountEvent.Opened e) => this;
    }

    internal sealed record Crooked
    {
        public Crooked Create(AccountEvent.Opened e) => this;
    }

    internal sealed record Strange
    {
        public static Strange Create(Note e) => new();
    }

    internal sealed class Homeless : MultiStreamProjection<Wealth, string>
    {
        public Wealth Create(AccountEvent.Opened e) => new(0, e.Owner);
    }
}
