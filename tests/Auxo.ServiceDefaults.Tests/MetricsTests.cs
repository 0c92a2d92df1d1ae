using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.ServiceDefaults.Tests;

public sealed partial class MetricsTests(PostgresFixture postgres) : IDisposable
{
    private const string Seconds = "0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 +Inf";
    private const string DatabaseSeconds = "0.001 0.005 0.01 0.05 0.1 0.5 1 5 10 +Inf";
    private const string ConnectionSeconds = "0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 10 30 60 120 300 +Inf";

    /// <summary>Name and type, labels, buckets: dashboards and alerts of users rely on them.</summary>
    private static readonly string[] Promised =
    [
        "counter auxo_test_total outcome",
        "counter db_client_operation_npgsql_bytes_read_bytes_total db_client_connection_pool_name",
        "counter db_client_operation_npgsql_bytes_written_bytes_total db_client_connection_pool_name",
        "counter dotnet_gc_collections_total gc_heap_generation",
        "counter dotnet_gc_heap_total_allocated_bytes_total",
        "counter dotnet_gc_pause_time_seconds_total",
        "counter dotnet_jit_compilation_time_seconds_total",
        "counter dotnet_jit_compiled_il_size_bytes_total",
        "counter dotnet_jit_compiled_methods_total",
        "counter dotnet_monitor_lock_contentions_total",
        "counter dotnet_process_cpu_time_seconds_total cpu_mode",
        "counter dotnet_thread_pool_queue_length_total",
        "counter dotnet_thread_pool_thread_number_total",
        "counter dotnet_thread_pool_work_item_number_total",
        "gauge db_client_connection_max db_client_connection_pool_name",
        "gauge db_client_connection_number db_client_connection_pool_name db_client_connection_state",
        "gauge db_client_operation_npgsql_executing db_client_connection_pool_name",
        "gauge dotnet_assembly_number",
        "gauge dotnet_gc_last_collection_heap_fragmentation_size_bytes gc_heap_generation",
        "gauge dotnet_gc_last_collection_heap_size_bytes gc_heap_generation",
        "gauge dotnet_gc_last_collection_memory_committed_size_bytes",
        "gauge dotnet_process_cpu_number",
        "gauge dotnet_process_memory_working_set_bytes",
        "gauge dotnet_timer_number",
        "gauge http_server_active_requests http_request_method url_scheme",
        "gauge kestrel_active_connections network_transport network_type server_address server_port",
        "gauge kestrel_queued_connections network_transport network_type server_address server_port",
        "histogram auxo_test_work_seconds outcome le: " + Seconds,
        "histogram db_client_connection_npgsql_create_time_seconds db_client_connection_pool_name le: " + DatabaseSeconds,
        "histogram db_client_operation_duration_seconds db_client_connection_pool_name db_system_name le: " + DatabaseSeconds,
        "histogram http_server_request_duration_seconds http_request_method http_response_status_code http_route "
            + "network_protocol_version url_scheme le: " + Seconds,
        "histogram kestrel_connection_duration_seconds network_protocol_name network_protocol_version network_transport network_type "
            + "server_address server_port le: " + ConnectionSeconds,
    ];

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    private static int _count;
    private readonly Meter _meter = new($"Auxo.Test{Interlocked.Increment(ref _count)}");
    private readonly string _name = $"t{Guid.NewGuid():N}";

    [Fact]
    public async Task a_page_keeps_its_names_labels_and_buckets()
    {
        await using var service = await TestService.StartAsync(
            static app => app.MapGet("/hello", static () => "hello").AllowAnonymous(), Use(await postgres.CreateDatabaseAsync()));
        using (var meter = new Meter("Auxo.Names"))
        {
            meter.CreateCounter<long>("auxo_test").Add(1, new KeyValuePair<string, object?>("outcome", "good"));
            meter.CreateHistogram<double>("auxo_test_work", "s").Record(1, new KeyValuePair<string, object?>("outcome", "good"));
            GC.Collect();
            (await service.GetAsync("/hello")).EnsureSuccessStatusCode();
            (await service.GetAsync("/health")).EnsureSuccessStatusCode();
            using (var other = new HttpClient { BaseAddress = service.Client.BaseAddress })
                await other.GetStringAsync(new Uri("/alive", UriKind.Relative), TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(async () => (await PageAsync(service)).Contains(
                "kestrel_connection_duration_seconds_count", StringComparison.Ordinal), "the other client's connection has ended");
            var families = Families(await PageAsync(service));

            Assert.Empty(Promised.Except(families, StringComparer.Ordinal));
            // Clients, exceptions and prepared statements of other tests may be counted; nothing else is new.
            Assert.DoesNotContain(families.Except(Promised, StringComparer.Ordinal), static f
                => !f.Contains(" http_client_", StringComparison.Ordinal)
                    && !f.Contains("npgsql_prepared_ratio", StringComparison.Ordinal)
                    && !f.Contains("dotnet_exceptions_total", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task promtool_finds_nothing_to_complain_about()
    {
        await using var service = await TestService.StartAsync(configure: Use(await postgres.CreateDatabaseAsync()));
        (await service.GetAsync("/health")).EnsureSuccessStatusCode();

        Assert.Equal("", await Tool.RunAsync("promtool", ["check", "metrics"], input: await PageAsync(service)));
    }

    [Fact]
    public async Task a_counter_has_a_total_once_and_its_unit_in_words()
    {
        await using var service = await TestService.StartAsync();
        var counter = _meter.CreateCounter<long>(_name + ".builds", "{build}", "Builds that ended.");
        counter.Add(2, new KeyValuePair<string, object?>("outcome", "passed"));
        counter.Add(3, new KeyValuePair<string, object?>("outcome", "passed"));
        counter.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
        _meter.CreateCounter<double>(_name + "_work_seconds_total", "s").Add(0.5);

        Assert.Equal(
            [
                $"# HELP {_name}_builds_total Builds that ended.",
                $"# TYPE {_name}_builds_total counter",
                $"# TYPE {_name}_work_seconds_total counter",
                $"{_name}_builds_total{{outcome=\"failed\"}} 1",
                $"{_name}_builds_total{{outcome=\"passed\"}} 5",
                $"{_name}_work_seconds_total 0.5",
            ], await ScrapeAsync(service));
    }

    [Fact]
    public async Task a_histogram_is_cumulative_and_its_own_buckets_are_kept()
    {
        await using var service = await TestService.StartAsync();
        var histogram = _meter.CreateHistogram(_name + ".wait_seconds", "s", "Time in the queue.", tags: null, new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.5, 1, 5],
        });
        foreach (var seconds in (double[])[0.25, 0.5, 0.75, 7]) histogram.Record(seconds);

        Assert.Equal(
            [
                $"# HELP {_name}_wait_seconds Time in the queue.",
                $"# TYPE {_name}_wait_seconds histogram",
                $"{_name}_wait_seconds_bucket{{le=\"+Inf\"}} 4",
                $"{_name}_wait_seconds_bucket{{le=\"0.5\"}} 2",
                $"{_name}_wait_seconds_bucket{{le=\"1\"}} 3",
                $"{_name}_wait_seconds_bucket{{le=\"5\"}} 3",
                $"{_name}_wait_seconds_count 4",
                $"{_name}_wait_seconds_sum 8.5",
            ], await ScrapeAsync(service));
        Assert.Contains($"{_name}_wait_seconds_bucket{{le=\"1.0\"}} 3", await ScrapeAsync(service, "application/openmetrics-text"));
    }

    [Fact]
    public async Task an_up_down_counter_is_a_gauge_that_may_fall()
    {
        await using var service = await TestService.StartAsync();
        var running = _meter.CreateUpDownCounter<int>(_name + ".running");
        running.Add(3);
        running.Add(-4);

        Assert.Equal([$"# TYPE {_name}_running gauge", $"{_name}_running -1"], await ScrapeAsync(service));
    }

    [Fact]
    public async Task an_observable_series_vanishes_with_what_it_observed()
    {
        await using var service = await TestService.StartAsync();
        var queues = new Dictionary<string, double> { ["ingest"] = 1.5, ["pipeline"] = double.PositiveInfinity };
        _meter.CreateObservableGauge(
            _name + ".lag", ()
                => queues.Select(static q => new Measurement<double>(q.Value, new KeyValuePair<string, object?>("queue", q.Key))), "s");
        var type = $"# TYPE {_name}_lag_seconds gauge";
        var (ingest, pipeline) = ($"{_name}_lag_seconds{{queue=\"ingest\"}} 1.5", $"{_name}_lag_seconds{{queue=\"pipeline\"}} +Inf");

        Assert.Equal([type, ingest, pipeline], await ScrapeAsync(service));
        queues.Remove("ingest");
        Assert.Equal([type, pipeline], await ScrapeAsync(service));
        queues.Clear();
        Assert.Empty(await ScrapeAsync(service));
    }

    [Fact]
    public async Task a_broken_callback_hides_only_itself()
    {
        await using var service = await TestService.StartAsync();
        _meter.CreateObservableGauge(_name + ".broken", int () => throw new InvalidOperationException("boom"));
        _meter.CreateObservableCounter(_name + ".fine", () => 7);

        Assert.Equal([$"# TYPE {_name}_fine_total counter", $"{_name}_fine_total 7"], await ScrapeAsync(service));
    }

    [Fact]
    public async Task a_count_that_is_no_histograms_is_a_number()
    {
        await using var service = await TestService.StartAsync();
        _meter.CreateObservableGauge(_name + ".timer.count", () => 7);

        Assert.Equal([$"# TYPE {_name}_timer_number gauge", $"{_name}_timer_number 7"], await ScrapeAsync(service));
    }

    [Fact]
    public async Task label_values_and_help_are_escaped()
    {
        await using var service = await TestService.StartAsync();
        var counter = _meter.CreateCounter<long>(_name, description: "A \"quoted\" \\ help\nin two lines");
        counter.Add(1, new KeyValuePair<string, object?>("file.path", "a\\b \"c\"\nd\ud800"));

        var page = await ScrapeAsync(service);
        Assert.Contains($"# HELP {_name}_total A \"quoted\" \\\\ help\\nin two lines", page);
        Assert.Contains($"{_name}_total{{file_path=\"a\\\\b \\\"c\\\"\\nd\uFFFD\"}} 1", page);
    }

    [Fact]
    public async Task the_same_labels_in_another_order_are_the_same_series()
    {
        await using var service = await TestService.StartAsync();
        var counter = _meter.CreateCounter<long>(_name);
        counter.Add(1, new("a", 1), new("b", true));
        counter.Add(1, new("b", true), new("a", 1));

        Assert.Equal([$"# TYPE {_name}_total counter", $"{_name}_total{{a=\"1\",b=\"true\"}} 2"], await ScrapeAsync(service));
    }

    [Fact]
    public async Task labels_without_end_are_counted_together()
    {
        await using var service = await TestService.StartAsync();
        var counter = _meter.CreateCounter<long>(_name);
        for (var i = 0; i < 10_100; i++) counter.Add(1, new KeyValuePair<string, object?>("id", i));

        var lines = await ScrapeAsync(service);
        Assert.InRange(lines.Count, 2_000, 2_003);
        Assert.Contains(lines, l => l.StartsWith($"{_name}_total{{otel_metric_overflow=\"true\"}} 8", StringComparison.Ordinal));
    }

    [Fact]
    public async Task many_threads_lose_no_increment()
    {
        await using var service = await TestService.StartAsync();
        var counter = _meter.CreateCounter<double>(_name);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++) counter.Add(0.5, new KeyValuePair<string, object?>("id", i % 50));
        })));

        Assert.Equal(40_000, (await ScrapeAsync(service))
            .Where(static l => l[0] != '#').Sum(static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..])));
    }

    [Fact]
    public async Task a_page_is_never_compressed_since_a_prepared_part_stands_before_it()
    {
        await using var service = await TestService.StartAsync();
        var page = new ServiceDefaults.Metrics.MetricsPage();
        page.Gauge("prepared", "Help.").Set(1);
        service.Services.GetRequiredService<ServiceDefaults.Metrics.PreparedMetrics>().Publish(page);

        var answer = await service.GetAsync("/metrics", token: null, ("Accept-Encoding", "gzip"));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Empty(answer.Content.Headers.ContentEncoding);
        Assert.StartsWith("# HELP prepared Help.\n# TYPE prepared gauge\nprepared 1\n", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task head_is_answered_as_get_and_other_methods_are_refused()
    {
        await using var service = await TestService.StartAsync();

        using var head = await service.Client.SendAsync(new(HttpMethod.Head, "/metrics"), TestContext.Current.CancellationToken);
        using var post = await service.Client.SendAsync(new(HttpMethod.Post, "/metrics"), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, "text/plain"), (head.StatusCode, head.Content.Headers.ContentType?.MediaType));
        Assert.False(post.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData(
        "application/openmetrics-text;version=1.0.0;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
            + "text/plain;version=0.0.4;q=0.4,*/*;q=0.1", "application/openmetrics-text")]
    [InlineData("text/plain;version=0.0.4;q=0.6,*/*;q=0.1", "text/plain")]
    [InlineData("*/*", "text/plain")]
    [InlineData("garbage;;;===", "text/plain")]
    public async Task the_format_follows_what_is_accepted(string accept, string expected)
    {
        await using var service = await TestService.StartAsync();

        var response = await service.GetAsync("/metrics", token: null, ("Accept", accept));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal(expected, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(expected == "application/openmetrics-text", text.EndsWith("# EOF\n", StringComparison.Ordinal));
        Assert.Contains("dotnet_", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    public async Task metrics_are_open_on_this_machine_but_not_through_a_proxy(string header)
    {
        await using var service = await TestService.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/metrics", token: null, (header, "203.0.113.7"))).StatusCode);
    }

    [Theory]
    [InlineData("Origin", "https://page.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Host", "page.example:9100")]
    public async Task a_page_in_the_users_browser_is_no_program_of_this_machine(string header, string value)
    {
        await using var service = await TestService.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/metrics", token: null, (header, value))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/metrics", token: null, ("Sec-Fetch-Site", "none"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/metrics", token: null, ("Host", "localhost:9100"))).StatusCode);
    }

    public void Dispose() => _meter.Dispose();

    private static Action<WebApplicationBuilder> Use(string connection)
        => builder => builder.Services.AddSingleton(NpgsqlDataSource.Create(connection));

    private static Task<string> PageAsync(TestService service)
        => service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>
    /// Only the lines of this test, sorted: other meters of the process are heard too. Empty braces are the same as none.
    /// </summary>
    private async Task<List<string>> ScrapeAsync(TestService service, string accept = "text/plain")
    {
        var answer = await service.GetAsync("/metrics", token: null, ("Accept", accept));
        return [.. (await answer.Content.ReadAsStringAsync()).Split('\n')
            .Where(line => line.Contains(_name, StringComparison.Ordinal))
            .Select(static line => line.Replace("{} ", " ")).Order(StringComparer.Ordinal)];
    }

    /// <summary>Type and name of each family with its labels in order and its buckets as they come.</summary>
    private static List<string> Families(string page)
    {
        var types = Type().Matches(page).ToDictionary(static m => m.Groups["name"].Value, static m => m.Groups["type"].Value);
        var samples = Sample().Matches(page).Select(static m => (Name: m.Groups["name"].Value,
            Labels: Label().Matches(m.Groups["labels"].Value)
                .Select(static l => (l.Groups["name"].Value, l.Groups["value"].Value)).ToList()))
            .ToList();
        return [.. types.Select(family =>
        {
            var labels = samples.Where(s => s.Name == family.Key
                || family.Value == "histogram" && s.Name.StartsWith(family.Key + "_", StringComparison.Ordinal))
                .SelectMany(static s => s.Labels).ToList();
            var names = labels.Select(static l => l.Item1).Where(static l => l != "le").Distinct().Order(StringComparer.Ordinal);
            var buckets = labels.Where(static l => l.Item1 == "le").Select(static l => l.Item2).Distinct().ToList();
            return string.Join(' ', [family.Value, family.Key, .. names, .. buckets.Count > 0 ? ["le:"] : (string[])[], .. buckets]);
        })];
    }

    [GeneratedRegex("^# TYPE (?<name>[a-z0-9_]+) (?<type>[a-z]+)$", RegexOptions.Multiline | Options)]
    private static partial Regex Type();

    [GeneratedRegex(@"^(?<name>[a-z0-9_]+)(\{(?<labels>.*)\})? \S+$", RegexOptions.Multiline | Options)]
    private static partial Regex Sample();

    [GeneratedRegex(@"(?<name>[a-z0-9_]+)=""(?<value>([^""\\]|\\.)*)""", Options)]
    private static partial Regex Label();
}
