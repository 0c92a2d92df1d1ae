using System.Text.Json.Serialization;

using Auxo.EventStore.Projections;

namespace Auxo.EventStore.Tests;

/// <summary>What can happen to an account: the events these tests store.</summary>
public abstract record AccountEvent
{
    private AccountEvent()
    {
    }

    public sealed record Opened(string Owner) : AccountEvent;

    public sealed record Deposited(long Cents) : AccountEvent;

    public sealed record Withdrawn(long Cents, string? Reason = null) : AccountEvent;

    public sealed record Closed : AccountEvent;
}

/// <summary>Folded by the conventions, with a base type for what does not need its own method.</summary>
public sealed record Account(string Owner, long Cents, int Changes)
{
    public static Account Create(AccountEvent.Opened e) => new(e.Owner, 0, 0);

    public Account Apply(AccountEvent e) => e switch
    {
        AccountEvent.Deposited(var cents) => this with { Cents = Cents + cents, Changes = Changes + 1 },
        AccountEvent.Withdrawn(var cents, _) => this with { Cents = Cents - cents, Changes = Changes + 1 },
        _ => this,
    };

    public bool ShouldDelete(AccountEvent.Closed e) => e is not null;
}

/// <summary>A view that needs to know when and at which version.</summary>
public sealed record Statement(string Id, long LastVersion, long LastSequence, DateTimeOffset At, IReadOnlyList<string> Lines);

public sealed class StatementProjection : SingleStreamProjection<Statement, string>
{
    public Statement Create(IEvent<AccountEvent.Opened> e)
        => new(e.StreamKey, e.Version, e.Sequence, e.Timestamp, [$"opened by {e.Data.Owner}"]);

    public Statement Apply(IEvent<AccountEvent> e, Statement view)
        => view with { LastVersion = e.Version, LastSequence = e.Sequence, At = e.Timestamp, Lines = [.. view.Lines, e.EventTypeName] };
}

/// <summary>One document per owner, fed by all of his accounts; its fold depends on the order.</summary>
public sealed record Wealth(long Cents, string Last);

public sealed class WealthProjection : MultiStreamProjection<Wealth, string>
{
    public WealthProjection() => Identity<IEvent<AccountEvent>>(e => e.StreamKey.Split('/')[1]);

    public Wealth Create(AccountEvent.Opened e) => new(0, e.Owner);

    public Wealth Apply(AccountEvent e, Wealth view) => e switch
    {
        AccountEvent.Deposited(var cents) => new(view.Cents + cents, $"+{cents}"),
        AccountEvent.Withdrawn(var cents, _) => new(view.Cents - cents, $"-{cents}"),
        _ => view,
    };
}

public sealed record Note(string Id, string Text);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AccountEvent.Opened))]
[JsonSerializable(typeof(AccountEvent.Deposited))]
[JsonSerializable(typeof(AccountEvent.Withdrawn))]
[JsonSerializable(typeof(AccountEvent.Closed))]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(LooseAccount))]
[JsonSerializable(typeof(Statement))]
[JsonSerializable(typeof(Wealth))]
[JsonSerializable(typeof(Note))]
public sealed partial class BankJson : JsonSerializerContext;

public static class Bank
{
    public static StoreOptions Options(Action<StoreOptions>? more = null)
    {
        var options = new StoreOptions { DatabaseSchemaName = "bank" };
        options.UseJson(BankJson.Default);
        options.Events
            .MapEventType("account_opened", BankJson.Default.Opened)
            .MapEventType("account_deposited", BankJson.Default.Deposited)
            .MapEventType("account_withdrawn", BankJson.Default.Withdrawn)
            .MapEventType("account_closed", BankJson.Default.Closed);
        options.Schema.For<Note>(note => note.Id);
        more?.Invoke(options);
        return options;
    }
}
