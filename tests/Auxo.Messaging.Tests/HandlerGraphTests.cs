using System.Text.Json.Serialization;

using Auxo.EventStore;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Messaging.Tests;

public sealed class HandlerGraphTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void a_handler_is_described_with_message_queue_and_policy()
    {
        var line = Assert.Single(Graph(typeof(GreetHandler)).Describe());

        Assert.Equal(("greet", "GreetHandler.HandleAsync", "tests"), (line.Message, line.Handler, line.Queue));
        Assert.Contains("Exception: 50 ms, 100 ms, 250 ms, 5 s, 30 s, 2 min, dead letter", line.Policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task load_feeds_handle_and_every_kind_of_parameter_is_supplied()
    {
        var outgoing = await RunAsync(typeof(GreetHandler), new Greet("Ada"));

        Assert.Equal([new Greeted("Hello Ada, 2026-03-01, greet")], outgoing);
    }

    [Fact]
    public async Task validate_may_stop()
        => Assert.Empty(await RunAsync(typeof(GreetHandler), new Greet("")));

    [Fact]
    public async Task tuples_and_lists_are_taken_apart()
    {
        var outgoing = await RunAsync(typeof(ManyHandler), new Greet("Ada"));

        Assert.Equal([new Greeted("1"), new Greeted("2"), new DelayedMessage(new Greeted("3"), TimeSpan.FromDays(1))], outgoing);
    }

    [Theory]
    [InlineData(typeof(UnnamedMessageHandler), "UnnamedMessageHandler.Handle handles Unnamed, which has no message name")]
    [InlineData(typeof(StrangerHandler), "StrangerHandler.Handle asks for 'clock' of type StringComparer")]
    [InlineData(typeof(TwoHandler), "TwoHandler has two Handle methods for greet")]
    [InlineData(typeof(NothingHandler), "NothingHandler is called a handler but has no public static Handle")]
    [InlineData(typeof(NumberHandler), "NumberHandler.Handle returns Int32")]
    [InlineData(typeof(BoolHandler), "BoolHandler.Validate must return HandlerContinuation")]
    [InlineData(typeof(StreamlessHandler), "StreamlessHandler.Handle: which stream?")]
    [InlineData(typeof(EventfulHandler), "EventfulHandler.Handle returns Events")]
    public void a_handler_that_cannot_work_stops_the_start_and_says_why(Type handler, string why)
        => Assert.StartsWith(why, Assert.Throws<HandlerException>(() => Graph(handler)).Message, StringComparison.Ordinal);

    [Fact]
    public void two_handlers_of_one_message_stop_the_start()
    {
        var error = Assert.Throws<HandlerException>(() => Graph(typeof(GreetHandler), typeof(ManyHandler)));
        Assert.StartsWith("greet has two handlers, GreetHandler.HandleAsync and ManyHandler.Handle", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void a_name_stands_for_one_type_only()
    {
        var types = new MessageTypes();
        types.Map("greet", HandlerGraphJson.Default.Greet);
        Assert.Throws<ArgumentException>(() => types.Map("greet", HandlerGraphJson.Default.Greeted));
        Assert.Throws<ArgumentException>(() => types.Map("greeting", HandlerGraphJson.Default.Greet));
    }

    [Fact]
    public void a_later_version_has_a_name_of_its_own()
    {
        var types = new MessageTypes();
        types.Map(HandlerGraphJson.Default, [typeof(Greet), typeof(GreetedAgain)]);
        Assert.Equal(["greeted.v2"], types.Names);
    }

    [Fact]
    public void steps_are_taken_one_per_attempt_and_the_first_fitting_rule_decides()
    {
        var policies = new ErrorPolicies();
        policies.OnException<ArgumentException>(e => e.ParamName == "x").RetryTimes(1).ScheduleRetry(TimeSpan.FromMinutes(1)).Discard();

        Assert.Equal(
            ["at once", "1 min", "discard"],
            Enumerable.Range(1, 3).Select(attempt => policies.StepFor(new ArgumentException("", "x"), attempt).ToString()));
        Assert.Equal("50 ms", policies.StepFor(new ArgumentException("", "y"), 1).ToString());
        Assert.Equal("at once", policies.StepFor(new ConcurrencyException(""), 3).ToString());
    }

    private static HandlerGraph Graph(params Type[] handlers)
    {
        var options = new MessagingOptions("tests");
        options.MapMessage("greet", HandlerGraphJson.Default.Greet);
        options.MapMessage("greeted", HandlerGraphJson.Default.Greeted);
        foreach (var handler in handlers) options.AddHandler(handler);
        return new HandlerGraph(options, Services().GetRequiredService<IServiceProviderIsService>());
    }

    private static ServiceProvider Services() => new ServiceCollection().AddSingleton(new Salutation("Hello")).BuildServiceProvider();

    private static Task<OutgoingMessages> RunAsync(Type handler, object message)
    {
        var types = new MessageTypes();
        var envelope = new Envelope(Guid.NewGuid(), "greet", null, null, null, null, Now, 0);
        var invocation = new HandlerInvocation(message, envelope, session: null!, Services(), Now, CancellationToken.None);
        return Graph(handler).Find(message.GetType())!.RunAsync(invocation, types);
    }
}

public sealed record Greet(string Name);

public sealed record Greeted(string Text);

[MessageIdentity("greeted", Version = 2)]
public sealed record GreetedAgain(string Text, string Tongue);

public sealed record Unnamed;

public sealed record Salutation(string Word);

public sealed class Tally
{
    public int Count { get; private set; }

    public void Apply(Greeted greeted) => Count++;
}

[JsonSerializable(typeof(Greet))]
[JsonSerializable(typeof(Greeted))]
[JsonSerializable(typeof(GreetedAgain))]
internal sealed partial class HandlerGraphJson : JsonSerializerContext;

// The handlers of these tests are nested in their own namespace of wrong ways; only tests that name them use them.
public static class GreetHandler
{
    public static async Task<(Salutation Salutation, List<int> Numbers)> LoadAsync(
        Greet message, Salutation salutation, CancellationToken ct)
    {
        await Task.Yield();
        ct.ThrowIfCancellationRequested();
        return (salutation with { Word = salutation.Word + " " + message.Name }, []);
    }

    public static HandlerContinuation Validate(Greet message)
        => message.Name.Length == 0 ? HandlerContinuation.Stop : HandlerContinuation.Continue;

    public static async ValueTask<Greeted> HandleAsync(Greet message, Salutation salutation, DateTimeOffset now, Envelope envelope)
    {
        await Task.Yield();
        return new Greeted($"{salutation.Word}, {now:yyyy-MM-dd}, {envelope.MessageType}");
    }
}

public static class ManyHandler
{
    public static (Greeted One, Greeted? None, OutgoingMessages Two) Handle(Greet message)
        => (new Greeted("1"), null, [new Greeted("2"), new Greeted("3").DelayedFor(TimeSpan.FromDays(1))]);
}

public static class UnnamedMessageHandler
{
    public static void Handle(Unnamed message)
    {
    }
}

public static class StrangerHandler
{
    public static void Handle(Greet message, StringComparer clock)
    {
    }
}

public static class TwoHandler
{
    public static void Handle(Greet message)
    {
    }

    public static void HandleAsync(Greet message, CancellationToken ct)
    {
    }
}

public static class NothingHandler
{
    public static void Take(Greet message)
    {
    }
}

public static class NumberHandler
{
    public static int Handle(Greet message) => 1;
}

public static class BoolHandler
{
    public static bool Validate(Greet message) => true;

    public static void Handle(Greet message)
    {
    }
}

[AggregateHandler]
public static class StreamlessHandler
{
    public static Events Handle(Greet message, Tally tally) => [];
}

public static class EventfulHandler
{
    public static Events Handle(Greet message) => [];
}
