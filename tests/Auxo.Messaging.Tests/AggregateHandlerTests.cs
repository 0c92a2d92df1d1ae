using Auxo.EventStore;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Auxo.Messaging.Tests;

/// <summary>Handlers that decide on an aggregate: events, messages and the acknowledgement are one commit.</summary>
public sealed class AggregateHandlerTests(PostgresFixture postgres)
{
    [Fact]
    public async Task events_are_appended_and_messages_sent_with_the_acknowledgement()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await StartAsync(database);

        var tracked = await host.TrackActivityAsync(async () =>
        {
            await host.Bus().SendAsync(new Deposit("a", 2), CancellationToken.None, "account/a");
            await host.Bus().SendAsync(new Deposit("a", 3), CancellationToken.None, "account/a");
        });

        var account = await LoadAsync(host, "account/a");
        Assert.Equal(5, account!.Balance);
        Assert.Equal([2, 5], tracked.Sent<Deposited>().Select(message => message.Balance));
        Assert.All(tracked.Deliveries.Where(d => d.Message is Deposited), d => Assert.Equal("account/a", d.Envelope.GroupId));
        await using var session = host.Services.GetRequiredService<IDocumentStore>().QuerySession();
        var envelope = tracked.Deliveries.First(d => d is { Message: Deposit, Outcome: TrackedOutcome.Handled }).Envelope;
        var first = (await session.Events.FetchStreamAsync("account/a", CancellationToken.None))[0];
        Assert.Equal((envelope.CorrelationId, envelope.Id.ToString()), (first.CorrelationId, first.CausationId));
        await host.StopAsync();
    }

    [Fact]
    public async Task many_commands_of_one_stream_at_once_all_have_their_effect()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await StartAsync(database);

        // No group: they are handled side by side and collide on the stream; the loser decides again.
        await host.TrackActivityAsync(
            () => Task.WhenAll(Enumerable.Range(0, 40).Select(_ => host.Bus().SendAsync(new Deposit("a", 1), CancellationToken.None))));

        Assert.Equal(40, (await LoadAsync(host, "account/a"))!.Balance);
        await host.StopAsync();
    }

    [Fact]
    public async Task a_command_for_a_stream_that_does_not_exist_is_buried_in_sight()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await StartAsync(database);

        var tracked = await host.TrackActivityAsync(() => host.Bus().SendAsync(new Withdraw("nobody", 1), CancellationToken.None));

        Assert.Equal("There is no stream account/nobody.", Assert.Single(tracked.Deliveries, d => d.Outcome == TrackedOutcome.Buried)
            .Exception!.Message);
        await host.StopAsync();
    }

    [Fact]
    public async Task a_single_value_that_is_no_message_is_an_event()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await StartAsync(database);

        await host.TrackActivityAsync(() => host.Bus().SendAsync(new Deposit("a", 5), CancellationToken.None, "account/a"));
        await host.TrackActivityAsync(() => host.Bus().InvokeAsync(new Withdraw("a", 1), CancellationToken.None));

        Assert.Equal(4, (await LoadAsync(host, "account/a"))!.Balance);
        await host.StopAsync();
    }

    private static async Task<Account?> LoadAsync(IHost host, string key)
    {
        await using var session = host.Services.GetRequiredService<IDocumentStore>().QuerySession();
        return await session.Events.FetchLatest<Account>(key, CancellationToken.None);
    }

    private static Task<IHost> StartAsync(string database)
        => TestService.StartAsync(
            database, [typeof(DepositHandler), typeof(WithdrawHandler), typeof(DepositedHandler)], o
                => o.Policies.OnException<UnknownStreamException>().MoveToErrorQueue());
}

public abstract record AccountEvent
{
    private AccountEvent()
    {
    }

    public sealed record Credited(int Amount) : AccountEvent;

    public sealed record Debited(int Amount) : AccountEvent;
}

public sealed record Account
{
    public int Balance { get; init; }

    public Account Apply(AccountEvent.Credited credited) => this with { Balance = Balance + credited.Amount };

    public Account Apply(AccountEvent.Debited debited) => this with { Balance = Balance - debited.Amount };

    public static string StreamKey(string id) => "account/" + id;
}

[MessageIdentity("deposit")]
public sealed record Deposit(string AccountId, int Amount);

[MessageIdentity("withdraw")]
public sealed record Withdraw(string AccountId, int Amount);

[MessageIdentity("deposited")]
public sealed record Deposited(int Balance);

[AggregateHandler]
public static class DepositHandler
{
    public static (Events, OutgoingMessages) Handle(Deposit command, Account? account)
        => ([new AccountEvent.Credited(command.Amount)], [new Deposited((account?.Balance ?? 0) + command.Amount)]);
}

[AggregateHandler]
public static class WithdrawHandler
{
    public static string StreamKey(Withdraw command) => Account.StreamKey(command.AccountId);

    public static HandlerContinuation Validate(Withdraw command, Account account)
        => account.Balance < command.Amount ? HandlerContinuation.Stop : HandlerContinuation.Continue;

    public static AccountEvent Handle(Withdraw command, Account account) => new AccountEvent.Debited(command.Amount);
}

public static class DepositedHandler
{
    public static void Handle(Deposited message)
    {
    }
}
