using Auxo.EventStore;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Messaging.Tests;

public sealed class SendingTests(PostgresFixture postgres)
{
    private static readonly Type[] Handlers = [typeof(WorkHandler), typeof(WorkedHandler), typeof(ChoreHandler)];

    [Fact]
    public async Task a_message_is_handled_and_so_is_what_its_handler_returns()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, Handlers);

        var tracked = await host.TrackActivityAsync(() => host.Bus().SendAsync(new Work("a"), CancellationToken.None));

        Assert.Equal(["a", "a told"], await TestService.EffectsAsync(database));
        Assert.Equal([new Work("a")], tracked.Handled<Work>());
        Assert.Equal([new Worked("a")], tracked.Sent<Worked>());
        await host.StopAsync();
    }

    [Fact]
    public async Task what_is_published_with_a_session_goes_out_only_if_the_session_is_saved()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, Handlers);
        var store = host.Services.GetRequiredService<IDocumentStore>();

        await host.TrackActivityAsync(async () =>
        {
            await using var dropped = store.LightweightSession();
            host.Bus().Publish(dropped, new Work("dropped"));
            await using var saved = store.LightweightSession();
            Probe.Effect(saved, "with it");
            host.Bus().Publish(saved, new Work("saved"));
            await saved.SaveChangesAsync(CancellationToken.None);
        });

        Assert.Equal(["with it", "saved", "saved told"], await TestService.EffectsAsync(database));
        await host.StopAsync();
    }

    [Fact]
    public async Task sending_wants_a_subscriber_and_publishing_does_not()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, Handlers);

        var error = await Assert.ThrowsAsync<NoSubscriberException>(() => host.Bus().SendAsync(new Unhandled(), CancellationToken.None));
        await host.Bus().PublishAsync(new Unhandled(), CancellationToken.None);

        Assert.StartsWith("Nobody subscribes to nobody_handles_this.", error.Message, StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task each_subscriber_gets_its_own_copy_and_a_stopped_one_loses_nothing()
    {
        var database = await postgres.DatabaseAsync();
        using (var first = await TestService.StartAsync(database, [typeof(WorkHandler)], name: "first")) await first.StopAsync();
        using (var second = await TestService.StartAsync(database, [typeof(WorkHandler)], name: "second"))
        {
            await second.TrackActivityAsync(() => second.Bus().PublishAsync(new Work("a"), CancellationToken.None));
            await second.StopAsync();
        }

        Assert.Equal(["a"], await TestService.EffectsAsync(database));
        using var again = await TestService.StartAsync(database, [typeof(WorkHandler)], name: "first");
        await again.TrackActivityAsync(() => Task.CompletedTask);
        Assert.Equal(["a", "a"], await TestService.EffectsAsync(database));
        await again.StopAsync();
    }

    [Fact]
    public async Task invoking_runs_the_handler_in_the_callers_flow_and_its_exception_is_the_callers()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, Handlers);

        await host.TrackActivityAsync(() => host.Bus().InvokeAsync(new Work("a"), CancellationToken.None));
        host.Probe().OnHandling = _ => throw new InvalidOperationException("no");
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Bus().InvokeAsync(new Work("b"), CancellationToken.None));

        Assert.Equal(["a", "a told"], await TestService.EffectsAsync(database));
        await host.StopAsync();
    }

    [Fact]
    public async Task a_scheduled_message_comes_when_it_is_due_and_does_not_hold_up_its_group()
    {
        var database = await postgres.DatabaseAsync();
        var time = new ManualTime();
        using var host = await TestService.StartAsync(database, Handlers, time: time);

        await host.TrackActivityAsync(async () =>
        {
            await host.Bus().ScheduleAsync(new Work("at eight"), time.GetUtcNow().AddHours(8), CancellationToken.None, "g");
            await host.Bus().SendAsync(new Work("in an hour").DelayedFor(TimeSpan.FromHours(1)), CancellationToken.None, "g");
            await host.Bus().SendAsync(new Work("now"), CancellationToken.None, "g");
        });
        Assert.Equal(["now", "now told"], await TestService.EffectsAsync(database));

        time.Advance(TimeSpan.FromHours(1));
        await host.TrackActivityAsync(() => Task.CompletedTask);
        Assert.Equal(["now", "now told", "in an hour", "in an hour told"], await TestService.EffectsAsync(database));

        time.Advance(TimeSpan.FromHours(7));
        await host.TrackActivityAsync(() => Task.CompletedTask);
        Assert.Equal(6, (await TestService.EffectsAsync(database)).Count);
        await host.StopAsync();
    }

    [Fact]
    public async Task the_trace_of_the_first_message_is_on_all_that_follow()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, Handlers);
        using var root = new System.Diagnostics.Activity("push").Start();

        var tracked = await host.TrackActivityAsync(() => host.Bus().SendAsync(new Work("a"), CancellationToken.None));

        var (work, worked) = (tracked.Deliveries.First(d => d.Message is Work), tracked.Deliveries.First(d => d.Message is Worked));
        Assert.Equal(root.TraceId.ToString(), work.Envelope.CorrelationId);
        Assert.Equal(root.TraceId.ToString(), worked.Envelope.CorrelationId);
        Assert.Equal(work.Envelope.Id.ToString(), worked.Envelope.CausationId);
        Assert.StartsWith($"00-{root.TraceId}-", worked.Envelope.TraceParent, StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task an_idempotent_handlers_messages_are_acknowledged_too()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, Handlers);

        await host.TrackActivityAsync(
            () => Task.WhenAll(Enumerable.Range(0, 200).Select(i => host.Bus().SendAsync(new Chore($"{i}"), CancellationToken.None))));

        Assert.Equal(200, host.Probe().Seen.Distinct().Count());
        Assert.Equal(["200"], await TestService.ListAsync(database, "select count(*) from queues.handled_envelopes"));
        await host.StopAsync();
    }
}
