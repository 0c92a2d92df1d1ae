using System.Buffers;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;

using Auxo.ServiceDefaults.Metrics;

using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.ServiceDefaults.Tests;

public sealed class MetricsTests : IDisposable
{
    private static int _count;
    private readonly Meter _meter = new($"Auxo.Test{Interlocked.Increment(ref _count)}");
    private readonly MetricsCollector _collector = new(NullLogger<MetricsCollector>.Instance);
    private readonly string _name = $"t{Guid.NewGuid():N}";

    [Fact]
    public async Task a_counter_has_a_total_and_its_unit_in_words()
    {
        var counter = _meter.CreateCounter<long>(_name + ".builds", "{build}", "Builds that ended.");
        await StartAsync();
        counter.Add(2, new KeyValuePair<string, object?>("outcome", "passed"));
        counter.Add(3, new KeyValuePair<string, object?>("outcome", "passed"));
        counter.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));

        Assert.Equal(
            $$"""
            # HELP {{_name}}_builds_total Builds that ended.
            # TYPE {{_name}}_builds_total counter
            {{_name}}_builds_total{outcome="passed"} 5
            {{_name}}_builds_total{outcome="failed"} 1

            """, Scrape());
        Assert.Equal(
            $$"""
            # HELP {{_name}}_builds Builds that ended.
            # TYPE {{_name}}_builds counter
            {{_name}}_builds_total{outcome="passed"} 5
            {{_name}}_builds_total{outcome="failed"} 1

            """, Scrape(openMetrics: true));
    }

    [Fact]
    public async Task a_histogram_is_cumulative_and_its_count_equals_its_last_bucket()
    {
        var histogram = _meter.CreateHistogram(_name + ".wait", "s", "Time in the queue.", tags: null, new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.5, 1, 5],
        });
        await StartAsync();
        foreach (var seconds in (double[])[0.25, 0.5, 0.75, 7, double.NaN]) histogram.Record(seconds);

        Assert.Equal(
            $$"""
            # HELP {{_name}}_wait_seconds Time in the queue.
            # TYPE {{_name}}_wait_seconds histogram
            {{_name}}_wait_seconds_bucket{le="0.5"} 2
            {{_name}}_wait_seconds_bucket{le="1"} 3
            {{_name}}_wait_seconds_bucket{le="5"} 3
            {{_name}}_wait_seconds_bucket{le="+Inf"} 4
            {{_name}}_wait_seconds_sum 8.5
            {{_name}}_wait_seconds_count 4

            """, Scrape());
        var open = Scrape(openMetrics: true);
        Assert.Contains($"# UNIT {_name}_wait_seconds seconds\n", open, StringComparison.Ordinal);
        Assert.Contains("le=\"1.0\"} 3\n", open, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_up_down_counter_is_a_gauge_that_may_fall()
    {
        var running = _meter.CreateUpDownCounter<int>(_name + ".running");
        await StartAsync();
        running.Add(3);
        running.Add(-4);

        Assert.Equal($"# TYPE {_name}_running gauge\n{_name}_running -1\n", Scrape());
    }

    [Fact]
    public async Task an_observable_series_vanishes_with_what_it_observed()
    {
        var queues = new Dictionary<string, double> { ["ingest"] = 1.5, ["pipeline"] = double.PositiveInfinity };
        _meter.CreateObservableGauge(
            _name + ".lag", ()
                => queues.Select(static q => new Measurement<double>(q.Value, new KeyValuePair<string, object?>("queue", q.Key))), "s");
        await StartAsync();

        Assert.Equal(
            $"# TYPE {_name}_lag_seconds gauge\n{_name}_lag_seconds{{queue=\"ingest\"}} "
                + $"1.5\n{_name}_lag_seconds{{queue=\"pipeline\"}} +Inf\n", Scrape());
        queues.Remove("ingest");
        Assert.Equal($"# TYPE {_name}_lag_seconds gauge\n{_name}_lag_seconds{{queue=\"pipeline\"}} +Inf\n", Scrape());
        queues.Clear();
        Assert.Equal("", Scrape());
    }

    [Fact]
    public async Task a_broken_callback_hides_only_itself()
    {
        _meter.CreateObservableGauge(_name + ".broken", int () => throw new InvalidOperationException("boom"));
        _meter.CreateObservableCounter(_name + ".fine", () => 7);
        await StartAsync();

        Assert.Equal($"# TYPE {_name}_fine_total counter\n{_name}_fine_total 7\n", Scrape());
    }

    [Fact]
    public async Task a_count_that_is_no_histograms_is_a_number()
    {
        _meter.CreateObservableGauge(_name + ".timer.count", () => 7);
        await StartAsync();

        Assert.Equal($"# TYPE {_name}_timer_number gauge\n{_name}_timer_number 7\n", Scrape());
    }

    [Fact]
    public async Task label_values_and_help_are_escaped()
    {
        var counter = _meter.CreateCounter<long>(_name, description: "A \"quoted\" \\ help\nin two lines");
        await StartAsync();
        counter.Add(1, new KeyValuePair<string, object?>("file.path", "a\\b \"c\"\nd\ud800"));

        var text = Scrape();
        Assert.Contains($"# HELP {_name}_total A \"quoted\" \\\\ help\\nin two lines\n", text, StringComparison.Ordinal);
        Assert.Contains($"{_name}_total{{file_path=\"a\\\\b \\\"c\\\"\\nd\uFFFD\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# HELP " + _name + " A \\\"quoted\\\"", Scrape(openMetrics: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_same_labels_in_another_order_are_the_same_series()
    {
        var counter = _meter.CreateCounter<long>(_name);
        await StartAsync();
        counter.Add(1, new("a", 1), new("b", true));
        counter.Add(1, new("b", true), new("a", 1));
        counter.Add(1, new("a", 1), new("b", true), new("nothing", null));
        counter.Add(1, new("x.y", "1"), new("x-y", "2"));

        Assert.Equal($"# TYPE {_name}_total counter\n{_name}_total{{a=\"1\",b=\"true\"}} 3\n{_name}_total{{x_y=\"1;2\"}} 1\n", Scrape());
    }

    [Fact]
    public async Task names_are_valid_whatever_an_instrument_is_called()
    {
        Assert.Equal("http_server_request_duration_seconds", MetricName.Of("http.server.request.duration", "s"));
        Assert.Equal("auxo_build_seconds", MetricName.Of("auxo_build_seconds", "s"));
        Assert.Equal("process_io_bytes_per_second", MetricName.Of("process.io", "By/s"));
        Assert.Equal("_9_lives", MetricName.Of("9--lives", "{cat}"));
        Assert.Equal("_", MetricName.Of("\u00e4", unit: null));
        Assert.Equal("a_b", MetricName.Label("a:b"));

        var counter = _meter.CreateCounter<int>(_name + "_total");
        await StartAsync();
        counter.Add(1);
        Assert.Contains($"\n{_name}_total 1\n", Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task meters_of_one_name_are_one_family_and_another_kind_is_left_out()
    {
        using var other = new Meter("Auxo.Other");
        var first = _meter.CreateCounter<long>(_name);
        var second = other.CreateCounter<long>(_name);
        other.CreateObservableGauge(_name, () => 1);
        await StartAsync();
        first.Add(1);
        second.Add(1);

        Assert.Equal($"# TYPE {_name}_total counter\n{_name}_total 2\n", Scrape());
    }

    [Fact]
    public async Task labels_without_end_are_counted_together()
    {
        var counter = _meter.CreateCounter<long>(_name);
        await StartAsync();
        for (var i = 0; i < 10_100; i++) counter.Add(1, new KeyValuePair<string, object?>("id", i));

        var lines = Scrape().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + 10_000 + 1, lines.Length);
        Assert.Equal($"{_name}_total{{otel_metric_overflow=\"true\"}} 100", lines[^1]);
    }

    [Fact]
    public async Task many_threads_lose_no_increment()
    {
        var counter = _meter.CreateCounter<double>(_name);
        await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++) counter.Add(0.5, new KeyValuePair<string, object?>("id", i % 50));
        })));

        var sum = Scrape().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Sum(static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..]));
        Assert.Equal(40_000, sum);
    }

    [Theory]
    [InlineData(
        "application/openmetrics-text;version=1.0.0;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1", "application/openmetrics-text")]
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

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    private Task StartAsync() => _collector.StartAsync(TestContext.Current.CancellationToken);

    /// <summary>Only the lines of this test: other meters of the process are heard too.</summary>
    private string Scrape(bool openMetrics = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        _collector.Write(buffer, openMetrics);
        return string.Concat(Encoding.UTF8.GetString(buffer.WrittenSpan)
            .Split('\n').Where(line => line.Contains(_name, StringComparison.Ordinal)).Select(static l => l + "\n"));
    }
}
