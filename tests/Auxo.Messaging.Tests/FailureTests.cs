using System.Threading.Channels;

using Auxo.EventStore;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Auxo.Messaging.Tests;

/// <summary>Conformance 4 and 5: repeats, retries, dead letters, replay.</summary>
public sealed class FailureTests(PostgresFixture postgres)
{
    private static readonly Type[] Handlers = [typeof(WorkHandler), typeof(WorkedHandler)];

    [Fact]
    public async Task a_failing_message_is_tried_at_the_configured_times_then_buried_and_its_group_goes_on_and_replay_works()
    {
        var database = await postgres.DatabaseAsync();
        var time = new ManualTime();
        var start = time.GetUtcNow();
        using var host = await TestService.StartAsync(
            database, Handlers, o
                => o.Policies.OnException<InvalidOperationException>().RetryTimes(1).RetryWithCooldown(TimeSpan.FromMilliseconds(50))
                .ScheduleRetry(TimeSpan.FromMinutes(5)).MoveToErrorQueue(), time: time);
        var deliveries = Deliveries(host);
        var attempts = new List<TimeSpan>();
        host.Probe().OnHandling = message =>
        {
            if (message is not Work { Text: "bad" }) return Task.CompletedTask;
            attempts.Add(time.GetUtcNow() - start);
            throw new InvalidOperationException("bad it is");
        };

        await host.Bus().SendAsync(new Work("bad"), CancellationToken.None, "g");
        await host.Bus().SendAsync(new Work("good"), CancellationToken.None, "g");
        await host.Bus().SendAsync(new Work("other"), CancellationToken.None, "h");
        await NextAsync(deliveries, d
            => d is { Outcome: TrackedOutcome.Postponed }, d => d is { Outcome: TrackedOutcome.Handled, Message: Work { Text: "other" } });
        time.Advance(TimeSpan.FromMilliseconds(50));
        await NextAsync(deliveries, d => d is { Outcome: TrackedOutcome.Postponed });
        time.Advance(TimeSpan.FromMinutes(5));

        await NextAsync(deliveries, d => d is { Outcome: TrackedOutcome.Buried });
        await host.TrackActivityAsync(() => Task.CompletedTask);

        Assert.Equal([TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMilliseconds(50), new TimeSpan(0, 0, 5, 0, 50)], attempts);
        Assert.Equal(["other", "good"], (await TestService.EffectsAsync(database))
            .Where(text => !text.EndsWith("told", StringComparison.Ordinal)));
        var letters = host.Services.GetRequiredService<DeadLetters>();
        var letter = Assert.Single(await letters.ListAsync(10, CancellationToken.None));
        Assert.Equal(("work", "g", 4, "InvalidOperationException"), (letter.MessageType, letter.GroupId, letter.Attempts, letter.Reason));
        Assert.Contains("bad it is", letter.Detail, StringComparison.Ordinal);

        host.Probe().OnHandling = _ => Task.CompletedTask;
        await host.TrackActivityAsync(async () => Assert.Equal(1, await letters.ReplayAsync(CancellationToken.None)));
        Assert.Contains("bad", await TestService.EffectsAsync(database));
        Assert.Empty(await letters.ListAsync(10, CancellationToken.None));
        await host.StopAsync();
    }

    [Fact]
    public async Task later_messages_of_a_group_wait_behind_a_failed_one()
    {
        var database = await postgres.DatabaseAsync();
        var time = new ManualTime();
        using var host = await TestService.StartAsync(database, Handlers, time: time);
        var deliveries = Deliveries(host);
        var failed = false;
        host.Probe().OnHandling = message =>
        {
            if (message is not Work { Text: "1" } || failed) return Task.CompletedTask;
            failed = true;
            throw new InvalidOperationException("once");
        };

        for (var i = 1; i <= 20; i++) await host.Bus().SendAsync(new Work($"{i}"), CancellationToken.None, "g");
        await NextAsync(deliveries, d => d.Outcome == TrackedOutcome.Postponed);
        await host.TrackActivityAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return Task.CompletedTask;
        });

        Assert.Equal(
            Enumerable.Range(1, 20).Select(i => $"{i}"),
            (await TestService.EffectsAsync(database)).Where(text => !text.EndsWith("told", StringComparison.Ordinal)));
        await host.StopAsync();
    }

    [Fact]
    public async Task the_same_envelope_sent_twice_has_one_effect()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, Handlers, SentBySql);
        const string Send = """
            select queues.publish('0198f0f0-0000-7000-8000-000000000001', 'work', null, '{"Text":"once"}', null, null, null, now(), null)
            """;

        await host.TrackActivityAsync(() => TestService.ExecuteAsync(database, Send + ";" + Send));
        await host.TrackActivityAsync(() => TestService.ExecuteAsync(database, Send));

        Assert.Equal(["once", "once told"], await TestService.EffectsAsync(database));
        await host.StopAsync();
    }

    [Theory]
    [InlineData("gone_since_long", "{}", "unknown_message")]
    [InlineData("work", "[1]", "unreadable_message")]
    public async Task what_nobody_here_can_read_is_buried_with_the_reason(string messageType, string body, string reason)
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, Handlers, SentBySql);

        await host.TrackActivityAsync(() => TestService.ExecuteAsync(
            database,
            "insert into queues.envelopes (queue, id, message_type, lane, body, sent_at) values ('tests', "
                + $"gen_random_uuid(), '{messageType}', 0, '{body}', now())"));

        var letter = Assert.Single(await host.Services.GetRequiredService<DeadLetters>().ListAsync(10, CancellationToken.None));
        Assert.Equal(reason, letter.Reason);
        await host.StopAsync();
    }

    [Fact]
    public async Task a_failed_handler_leaves_nothing_behind()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(
            database, [typeof(WorkHandler), typeof(WorkedHandler)], o => o.Policies.OnException<InvalidOperationException>().Discard());
        host.Probe().OnHandling = message
            => message is Worked ? throw new InvalidOperationException("after its effect") : Task.CompletedTask;

        var tracked = await host.TrackActivityAsync(() => host.Bus().SendAsync(new Work("a"), CancellationToken.None));

        Assert.Equal(["a"], await TestService.EffectsAsync(database));
        Assert.Contains(tracked.Deliveries, d => d.Outcome == TrackedOutcome.Discarded);
        await host.StopAsync();
    }

    [Fact]
    public async Task a_handler_that_hangs_is_given_up_on()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, [typeof(HangingHandler)], o =>
        {
            o.HandlerTimeout = TimeSpan.FromMilliseconds(100);
            o.Policies.OnException<TimeoutException>().MoveToErrorQueue();
        });

        var tracked = await host.TrackActivityAsync(() => host.Bus().SendAsync(new Chore("hang"), CancellationToken.None));

        Assert.Single(tracked.Buried<Chore>());
        await host.StopAsync();
    }

    [Fact]
    public async Task a_handler_that_saves_by_itself_is_refused_because_its_message_would_not_commit_with_its_effects()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(
            database, [typeof(SelfSavingHandler)], o => o.Policies.OnException<InvalidOperationException>().MoveToErrorQueue());

        var tracked = await host.TrackActivityAsync(() => host.Bus().SendAsync(new Chore("a"), CancellationToken.None));

        Assert.StartsWith("SelfSavingHandler.HandleAsync saved its session itself.",
            Assert.Single(tracked.Deliveries, d => d.Outcome == TrackedOutcome.Buried).Exception!.Message, StringComparison.Ordinal);
        await host.StopAsync();
    }

    /// <summary>What comes by SQL rings no bell.</summary>
    private static void SentBySql(MessagingOptions options) => options.SlowPoll = TimeSpan.FromMilliseconds(100);

    private static Channel<TrackedDelivery> Deliveries(IHost host)
    {
        var channel = Channel.CreateUnbounded<TrackedDelivery>();
        host.Services.GetRequiredService<MessageTracking>().OnDelivered = delivery => channel.Writer.TryWrite(delivery);
        return channel;
    }

    /// <summary>Waits until each of them was seen, in any order.</summary>
    private static async Task NextAsync(Channel<TrackedDelivery> deliveries, params List<Func<TrackedDelivery, bool>> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (wanted.Count > 0)
        {
            var delivery = await deliveries.Reader.ReadAsync(limit.Token);
            wanted.RemoveAll(seen => seen(delivery));
        }
    }
}

public static class HangingHandler
{
    public static Task HandleAsync(Chore message, CancellationToken ct) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
}

public static class SelfSavingHandler
{
    public static Task HandleAsync(Chore message, IDocumentSession session, CancellationToken ct)
    {
        Probe.Effect(session, message.Text);
        return session.SaveChangesAsync(ct);
    }
}
