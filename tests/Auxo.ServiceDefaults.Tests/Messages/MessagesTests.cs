using Auxo.ServiceDefaults.Messages;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Npgsql;

using Wolverine.Persistence.Durability;
using Wolverine.Persistence.Durability.DeadLetterManagement;

namespace Auxo.ServiceDefaults.Tests.Messages;

/// <summary>What Auxo promises of messages, asked of Wolverine as it is configured.</summary>
public sealed class MessagesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private string _database = "";
    private Queues _queues = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await SchemaMigration.ApplyAsync(MessageHost.Model("metrics"), _database, Ct);
        await SchemaMigration.ApplyAsync(MessageHost.Model("pipeline"), _database, Ct);
        _queues = new Queues(_database);
    }

    public ValueTask DisposeAsync() => _queues.DisposeAsync();

    /// <summary>Else the lock would still be held by a service that counts as ended, and what ends it would be gone half way.</summary>
    [Fact]
    public async Task a_service_that_is_stopped_and_disposed_at_once_waits_for_one_end()
    {
        await using var service = await MessageHost.StartAsync("metrics", _database);
        var one = service.Services.GetServices<IHostedService>().OfType<OneProcess>().Single();

        var stopped = one.StoppedAsync(Ct);
        await one.DisposeAsync();

        Assert.True(stopped.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task messages_of_a_group_arrive_in_order_and_none_is_lost_under_24_writers()
    {
        const int Writers = 24, Each = 25;
        await using var sender = await MessageHost.StartAsync("pipeline", _database);
        await using var receiver = await MessageHost.StartAsync("metrics", _database);
        var outbox = sender.Services.GetRequiredService<Outbox>();
        var builds = Enumerable.Range(0, Writers).Select(static _ => Guid.NewGuid()).ToArray();

        await Task.WhenAll(builds.Select(async build =>
        {
            for (var number = 0; number < Each; number++)
            {
                await using var work = outbox.Open();
                await work.PublishAsync(MessageHost.Started(build, number));
                await work.SaveChangesAsync(Ct);
            }
        }));

        await Eventually.TrueAsync(() => Task.FromResult(receiver.Seen.Messages.Count >= Writers * Each), "all have arrived");
        await _queues.QuietAsync("metrics");
        Assert.All(builds, build => Assert.Equal(
            Enumerable.Range(0, Each).Select(static n => DateTimeOffset.UnixEpoch.AddSeconds(n)),
            receiver.Seen.Messages.Where(m => m.Subject.BuildId == build).Select(static m => m.At)));
    }

    [Fact]
    public async Task an_envelope_that_comes_twice_is_handled_once_and_remembered_for_seven_days()
    {
        await using var receiver = await MessageHost.StartAsync("metrics", _database);
        var id = await _queues.SendAsync("metrics", MessageHost.Started(Guid.NewGuid(), 1));
        await _queues.QuietAsync("metrics");

        await _queues.SendAsync("metrics", MessageHost.Started(Guid.NewGuid(), 2), id);
        await _queues.QuietAsync("metrics");

        Assert.Single(receiver.Seen.Messages);
        await using var source = NpgsqlDataSource.Create(_database);
        await using var kept = source.CreateCommand(
            "select keep_until - now() from metrics.wolverine_incoming_envelopes where status = 'Handled'");
        Assert.InRange((TimeSpan)(await kept.ExecuteScalarAsync(Ct))!, TimeSpan.FromDays(6.9), TimeSpan.FromDays(7));
    }

    [Fact]
    public async Task a_receiver_that_was_stopped_gets_all_that_was_sent_meanwhile()
    {
        for (var number = 0; number < 1000; number++) await _queues.SendAsync("metrics", MessageHost.Started(Guid.NewGuid(), number));

        await using var receiver = await MessageHost.StartAsync("metrics", _database);

        await Eventually.TrueAsync(() => Task.FromResult(receiver.Seen.Messages.Count == 1000), "all have arrived");
    }

    [Fact]
    public async Task what_cannot_be_handled_is_a_dead_letter_and_can_be_replayed()
    {
        await using var receiver = await MessageHost.StartAsync("metrics", _database);
        receiver.Seen.Ill = true;
        await _queues.SendAsync("metrics", MessageHost.Started(Guid.NewGuid(), 1));
        var letters = receiver.Services.GetRequiredService<IMessageStore>().DeadLetters;
        var letter = await Eventually.ValueAsync(
            async () => (await letters.QueryAsync(new DeadLetterEnvelopeQuery(), Ct)).Envelopes.SingleOrDefault(),
            "there is a dead letter");
        Assert.Equal(("build_started", "ill"), (letter.MessageType, letter.ExceptionMessage));

        receiver.Seen.Ill = false;
        await letters.ReplayAsync(new DeadLetterEnvelopeQuery([letter.Id]), Ct);

        await Eventually.TrueAsync(() => Task.FromResult(receiver.Seen.Messages.Count == 1), "it is handled");
        Assert.Empty((await letters.QueryAsync(new DeadLetterEnvelopeQuery(), Ct)).Envelopes);
    }

    [Theory]
    [InlineData("nobody_knows_it", "{}")]
    [InlineData("build_started", "no json")]
    public async Task what_nobody_knows_or_can_read_is_a_dead_letter_and_the_others_go_on(string name, string body)
    {
        await using var receiver = await MessageHost.StartAsync("metrics", _database);
        await _queues.SendAsync("metrics", name, System.Text.Encoding.UTF8.GetBytes(body));
        await _queues.SendAsync("metrics", MessageHost.Started(Guid.NewGuid(), 1));

        await Eventually.TrueAsync(() => Task.FromResult(receiver.Seen.Messages.Count == 1), "the other one is handled");
        var letters = receiver.Services.GetRequiredService<IMessageStore>().DeadLetters;
        var letter = await Eventually.ValueAsync(
            async () => (await letters.QueryAsync(new DeadLetterEnvelopeQuery(), Ct)).Envelopes.SingleOrDefault(),
            "there is a dead letter");
        Assert.Equal(name, letter.MessageType);
    }

    [Fact]
    public async Task a_second_process_of_a_service_is_refused_in_one_line_until_the_first_has_ended()
    {
        await using (await MessageHost.StartAsync("metrics", _database))
        {
            var refused = await Assert.ThrowsAsync<RefusedStartException>(() => MessageHost.StartAsync("metrics", _database));
            Assert.StartsWith("Another process of metrics works on this database.", refused.Message, StringComparison.Ordinal);
        }

        await using var next = await MessageHost.StartAsync("metrics", _database);
    }

    [Fact]
    public async Task a_message_that_was_in_hand_when_five_processes_ended_is_a_dead_letter()
    {
        var home = Directory.CreateTempSubdirectory("auxo-in-hand-").FullName;
        var id = Guid.CreateVersion7();
        await using var source = NpgsqlDataSource.Create(_database);
        await using (var waiting = source.CreateCommand("insert into metrics.message_deaths values ($1, 4)"))
        {
            waiting.Parameters.Add(new() { Value = id });
            await waiting.ExecuteNonQueryAsync(Ct);
        }

        await _queues.SendAsync("metrics", MessageHost.Started(Guid.NewGuid(), 1), id);
        await using (var taken = source.CreateCommand(
            """
            with taken as (delete from queues.wolverine_queue_metrics returning id, body, message_type)
            insert into metrics.wolverine_incoming_envelopes (id, status, owner_id, body, message_type, received_at)
            select id, 'Incoming', 7, body, message_type, 'postgresql://metrics' from taken
            """))
            await taken.ExecuteNonQueryAsync(Ct);
        Directory.CreateDirectory(Path.Combine(home, "run", "in-hand"));
        await File.WriteAllBytesAsync(Path.Combine(home, "run", "in-hand", "metrics"), [.. id.ToByteArray(), .. new byte[63 * 16]], Ct);

        await using var receiver = await MessageHost.StartAsync("metrics", _database, home);

        var letters = receiver.Services.GetRequiredService<IMessageStore>().DeadLetters;
        var letter = Assert.Single((await letters.QueryAsync(new DeadLetterEnvelopeQuery(), Ct)).Envelopes);
        Assert.Equal(id, letter.Id);
        Assert.Contains("5 processes ended", letter.ExceptionMessage, StringComparison.Ordinal);
        Assert.Empty(receiver.Seen.Messages);
    }

    [Fact]
    public async Task a_row_of_the_inbox_that_is_no_message_is_a_dead_letter_and_what_lies_beside_it_stays()
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await _queues.SendAsync("metrics", MessageHost.Started(Guid.NewGuid(), 1));
        await using (var left = source.CreateCommand(
            """
            with taken as (delete from queues.wolverine_queue_metrics returning id, body, message_type)
            insert into metrics.wolverine_incoming_envelopes (id, status, owner_id, body, message_type, received_at)
            select id, 'Incoming', 0, body, message_type, 'postgresql://metrics' from taken
            union all select gen_random_uuid(), 'Incoming', 0, body, 'unknown', 'postgresql://metrics'
            from unnest(array['\x'::bytea, '\xff00', '\x7b7d', '\x00000000000000ffffff']) body
            """))
            await left.ExecuteNonQueryAsync(Ct);

        await using var receiver = await MessageHost.StartAsync("metrics", _database);

        await using var letters = source.CreateCommand(
            "select count(*) from metrics.wolverine_dead_letters where exception_type = 'UnreadableMessage' and message_type = 'unknown'");
        Assert.Equal(4L, await letters.ExecuteScalarAsync(Ct));
        await using var kept = source.CreateCommand("select count(*) from metrics.wolverine_incoming_envelopes");
        Assert.Equal(1L, await kept.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task a_second_process_leaves_the_marks_of_the_first_where_they_are()
    {
        var home = Directory.CreateTempSubdirectory("auxo-in-hand-").FullName;
        var id = Guid.CreateVersion7();
        await using (var first = await MessageHost.StartAsync("metrics", _database, home))
        {
            first.Services.GetRequiredService<MessagesInHand>().Take(id);
            await Assert.ThrowsAsync<RefusedStartException>(() => MessageHost.StartAsync("metrics", _database, home));
        }

        await using var next = await MessageHost.StartAsync("metrics", _database, home);
        Assert.Equal([id], next.Services.GetRequiredService<MessagesInHand>().LeftBehind);
    }

    [Fact]
    public async Task a_service_does_not_start_on_a_schema_of_another_build()
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var other = source.CreateCommand("update metrics.schema_program set fingerprint = 'another'");
        await other.ExecuteNonQueryAsync(Ct);

        var refused = await Assert.ThrowsAsync<SchemaException>(() => MessageHost.StartAsync("metrics", _database));

        Assert.Contains("was not made for this build", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_database_that_is_newer_than_the_program_is_refused_untouched()
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var newer = source.CreateCommand(
            "update metrics.schema_program set fingerprint = 'newer'; insert into metrics.schema_version values ('service', 99, now())");
        await newer.ExecuteNonQueryAsync(Ct);

        var refused = await Assert.ThrowsAsync<SchemaException>(()
            => SchemaMigration.ApplyAsync(MessageHost.Model("metrics"), _database, Ct));

        Assert.Contains("Start the newer program", refused.Message, StringComparison.Ordinal);
    }
}
