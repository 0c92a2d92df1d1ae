using System.Collections.Concurrent;
using System.Text.Json.Serialization;

using Auxo.EventStore;
using Auxo.Testing;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Npgsql;

namespace Auxo.Messaging.Tests;

/// <summary>
/// One service with a store, a bus and a table of its own, <c>{schema}.effects</c>, in which its handlers leave what they did.
/// </summary>
internal static class TestService
{
    public static async Task<IHost> StartAsync(
        string database, Type[] handlers, Action<MessagingOptions>? configure = null, string name = "tests", TimeProvider? time = null,
        Action<Probe>? prepare = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:auxo", database + ";Application Name=service")]);
        if (Environment.GetEnvironmentVariable("AUXO_TEST_LOG") is not null) builder.Logging.AddSimpleConsole()
            .SetMinimumLevel(LogLevel.Information);
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<Probe>();
        builder.Services.AddEventStore(o =>
        {
            o.DatabaseSchemaName = name;
            o.Events.MapEventType("credited", TestJson.Default.Credited);
            o.Events.MapEventType("debited", TestJson.Default.Debited);
        });
        builder.Services.AddMessaging(name, typeof(PostgresFixture).Assembly, o =>
        {
            o.MapMessages(TestJson.Default, typeof(Work), typeof(Worked), typeof(Chore), typeof(Unhandled),
                typeof(Deposit), typeof(Withdraw), typeof(Deposited));
            foreach (var handler in handlers) o.AddHandler(handler);
            // A test that moves the clock by hours does not mean the handlers that happen to run.
            if (time is not null) o.HandlerTimeout = TimeSpan.FromDays(1);
            configure?.Invoke(o);
        });
        var host = builder.Build();
        prepare?.Invoke(host.Probe());
        await host.StartAsync();
        return host;
    }

    /// <summary>A database with the table that the handlers write to.</summary>
    public static async Task<string> DatabaseAsync(this PostgresFixture postgres)
    {
        var database = await postgres.CreateDatabaseAsync();
        await ExecuteAsync(database,
            "create schema effects; create table effects.done (n bigint generated always as identity, text text not "
                + "null); create table effects.sent (text text primary key)");
        return database;
    }

    public static async Task ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<List<string>> ListAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetValue(0).ToString()!);
        return rows;
    }

    /// <summary>What the handlers did, in the order of writing.</summary>
    public static Task<List<string>> EffectsAsync(string database) => ListAsync(database, "select text from effects.done order by n");

    public static IMessageBus Bus(this IHost host) => host.Services.GetRequiredService<IMessageBus>();

    public static Probe Probe(this IHost host) => host.Services.GetRequiredService<Probe>();
}

/// <summary>Lets a test stand inside a handler.</summary>
public sealed class Probe
{
    public Func<object, Task> OnHandling { get; set; } = _ => Task.CompletedTask;

    public ConcurrentQueue<object> Seen { get; } = new();

    public async Task HandlingAsync(object message)
    {
        Seen.Enqueue(message);
        await OnHandling(message);
    }

    /// <summary>Leaves an effect that commits with the session.</summary>
    public static void Effect(IDocumentSession session, string text)
    {
        var command = new NpgsqlBatchCommand("insert into effects.done (text) values ($1)");
        command.Parameters.Add(new() { Value = text });
        session.QueueSqlCommand(command);
    }
}

[MessageIdentity("work")]
public sealed record Work(string Text, string? Group = null);

[MessageIdentity("worked")]
public sealed record Worked(string Text);

[MessageIdentity("chore")]
public sealed record Chore(string Text);

[MessageIdentity("nobody_handles_this")]
public sealed record Unhandled;

/// <summary>Leaves one effect and tells of it.</summary>
public static class WorkHandler
{
    public static async Task<Worked> HandleAsync(Work message, IDocumentSession session, Probe probe)
    {
        await probe.HandlingAsync(message);
        Probe.Effect(session, message.Text);
        return new Worked(message.Text);
    }
}

/// <summary>The end of the cascade.</summary>
public static class WorkedHandler
{
    public static Task HandleAsync(Worked message, IDocumentSession session, Probe probe)
    {
        Probe.Effect(session, message.Text + " told");
        return probe.HandlingAsync(message);
    }
}

[IdempotentHandler]
public static class ChoreHandler
{
    public static Task HandleAsync(Chore message, Probe probe) => probe.HandlingAsync(message);
}

[JsonSerializable(typeof(Work))]
[JsonSerializable(typeof(Worked))]
[JsonSerializable(typeof(Chore))]
[JsonSerializable(typeof(Unhandled))]
[JsonSerializable(typeof(Deposit))]
[JsonSerializable(typeof(Withdraw))]
[JsonSerializable(typeof(Deposited))]
[JsonSerializable(typeof(AccountEvent.Credited))]
[JsonSerializable(typeof(AccountEvent.Debited))]
internal sealed partial class TestJson : JsonSerializerContext;
