using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Suppressing;

using Json.Schema;

using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Tests.Definitions;

/// <summary>The JSON Schema for editors and the reader say the same of a file.</summary>
public sealed class SchemaTests
{
    private const string Suppressions = "suppressions.schema.json";
    private const string Pinned = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5@1111111111111111111111111111111111111111";

    [Theory]
    [InlineData("zz: 1", "properties")]
    [InlineData("steps:\n  - {name: a, run: x, zz: 1}", "$defs", "step", "properties")]
    [InlineData($"steps:\n  - {{uses: '{Pinned}#a.yaml', zz: 1}}",
        "$defs", "include", "properties")]
    [InlineData("steps:\n  - {name: a, run: x, if: {zz: 1}}", "$defs", "condition", "properties")]
    [InlineData("steps:\n  - {name: a, run: x, if: {event: zz}}", "$defs", "event", "enum")]
    [InlineData("steps:\n  - {name: a, run: x, if: {author: zz}}", "$defs", "condition", "properties", "author", "enum")]
    [InlineData("steps:\n  - {name: a, run: x, if: {needs: zz}}", "$defs", "condition", "properties", "needs", "enum")]
    [InlineData("steps:\n  - {name: a, run: x, on-failure: zz}", "$defs", "step", "properties", "on-failure", "enum")]
    [InlineData("steps:\n  - {name: a, run: x, cache: {key: a, paths: b, zz: 1}}", "$defs", "cache", "properties")]
    [InlineData("steps:\n  - {name: a, run: x, services: [{name: a, run: b, zz: 1}]}", "$defs", "service", "properties")]
    [InlineData("schedules: {a: {cron: '@daily', zz: 1}}", "$defs", "schedule", "properties")]
    [InlineData("schedules: {audit: {zz: 1}}", "$defs", "scan", "anyOf", "1", "properties")]
    [InlineData("checks: {zz: 1}", "$defs", "checks", "properties")]
    public void both_know_the_same_words(string text, params string[] place)
    {
        var said = PipelineFileReader.Read(text).Problems[0].Message;
        var node = place.Aggregate(Schema(), static (node, name)
            => node is JsonArray choices ? choices[int.Parse(name, CultureInfo.InvariantCulture)]! : node[name]!);
        var words = node is JsonArray list ? list.Select(static word => (string)word!) : node.AsObject().Select(static pair => pair.Key);
        Assert.Equal(
            said[(said.IndexOf("known are ", StringComparison.OrdinalIgnoreCase) + 10)..].Split(", ").Order(StringComparer.Ordinal),
            words.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("steps:\n  - {name: a, run: make, needs: [], retry: 2}\n  - {name: b, commands: [x, y], timeout: 1h, artifacts: o/**}")]
    [InlineData("steps:\n  - {name: a, run: x, if: [{event: push, branch: main}, {paths: ['!docs/**']}], retry: {on: [75, timeout]}}")]
    [InlineData("steps:\n  - {name: a, run: x, matrix: {NODE: [20, 22], image: a, include: [{NODE: 1}], exclude: [{NODE: 20}]}}")]
    [InlineData("steps:\n  - {name: a, run: x, reports: {tests: a.xml, coverage: {files: [l.info], warn: 70, html: site/}, gate: block}}")]
    [InlineData("steps:\n  - {name: a, run: x, network: true}\n  - {name: b, run: x, network: false}")]
    [InlineData("steps:\n  - {name: a, run: x, cache: {key: [a, b/**], paths: ~/.m2, fallback: newest}}")]
    [InlineData("steps:\n  - {name: a, run: x, cache: [{key: a, paths: b}], services: [{name: d, run: y, ready: z, timeout: 30s}]}")]
    [InlineData($"steps:\n  - {{uses: '{Pinned}#a/b c.yml'}}\n  - {{name: b, run: x}}")]
    [InlineData($"steps:\n  - {{uses: '{Pinned}#a.yaml', name: r, with: {{A: 1}},"
        + " needs: [], if: {event: push}}")]
    [InlineData("steps:\n  - {name: a, run: x, image: i, services: [{name: d, image: pg, port: 5432, environment: {A: 1}, ready: z}]}")]
    [InlineData("steps:\n  - {name: a, run: x, matrix: {image: [i, j]}, services: [{name: d, image: pg, run: y}, {name: e, run: z}]}")]
    [InlineData("concurrency: queue")]
    [InlineData("runner: gpu")]
    [InlineData("runner: [linux, arm64]")]
    [InlineData("concurrency: {mode: latest, group: deploy, event: [push, tag]}")]
    [InlineData("steps:\n  - {name: a, run: x, secrets: [DEPLOY_TOKEN, b]}\n  - {name: b, run: x, secrets: TOKEN}")]
    [InlineData("steps:\n  - {name: a, run: x, reports: off}\n  - {name: b, run: x, reports: [a.xml]}")]
    [InlineData("x-a: 1\nenvironment: {A: 1, B: yes}\ntimeout: 90s\nchecks: {secrets: off, structure: {gate: block, require: [docs/]}}")]
    [InlineData("schedules:\n  a: {cron: 0 2 * * *, zone: Europe/Berlin, jitter: 10m, catch-up: 48h, branch: main}\n  b: {cron: '@daily'}")]
    [InlineData("schedules: {a: {cron: '@daily'}}\nsteps:\n  - {name: a, run: x, if: {event: schedule, schedule: [a]}}")]
    [InlineData("schedules: {dependency-scan: off, deep-sast: on, audit: {cron: 0 5 1 * *, zone: Europe/Berlin}}")]
    [InlineData("schedules: {dependency-scan: {zone: UTC, jitter: 1h, catch-up: 2h}}")]
    public void both_take_a_right_file(string text)
    {
        Assert.Empty(PipelineFileReader.Read(text).Problems);
        Assert.True(IsValid(text));
    }

    [Theory]
    [InlineData("steps: run")]
    [InlineData("steps:\n  - {name: a}")]
    [InlineData("steps:\n  - {run: a}")]
    [InlineData("steps:\n  - {name: a b, run: x}")]
    [InlineData("steps:\n  - {name: a, run: x, commands: y}")]
    [InlineData("steps:\n  - {name: a, run: x, timeout: soon}")]
    [InlineData("steps:\n  - {name: a, run: x, retry: 9}")]
    [InlineData("steps:\n  - {name: a, run: x, retry: {on: always}}")]
    [InlineData("steps:\n  - {name: a, run: x, matrix: {a-b: 1}}")]
    [InlineData("steps:\n  - {name: a, run: x, network: host}")]
    [InlineData("steps:\n  - {name: a, run: x, cache: {paths: b}}")]
    [InlineData("steps:\n  - {name: a, run: x, cache: {key: a, paths: 'b/*'}}")]
    [InlineData("steps:\n  - {name: a, run: x, cache: {key: a, paths: b, fallback: any}}")]
    [InlineData("steps:\n  - {name: a, run: x, services: {name: d, run: y}}")]
    [InlineData("steps:\n  - {name: a, run: x, services: [{name: 1d, run: y}]}")]
    [InlineData("steps:\n  - {name: a, run: x, services: [{name: d}]}")]
    [InlineData("steps:\n  - {uses: 'rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5@main#a.yaml'}")]
    [InlineData($"steps:\n  - {{uses: '{Pinned}#a.yaml', run: x}}")]
    [InlineData($"steps:\n  - {{uses: '{Pinned}'}}")]
    [InlineData("steps:\n  - {name: a, run: x, image: i, services: [{name: d, run: y, port: 1}]}")]
    [InlineData("steps:\n  - {name: a, run: x, image: i, services: [{name: d, run: y, environment: {A: 1}}]}")]
    [InlineData("steps:\n  - {name: a, run: x, image: i, services: [{name: d, image: 'P Q'}]}")]
    [InlineData("steps:\n  - {name: a, run: x, image: i, services: [{name: d, image: p, port: x}]}")]
    [InlineData("concurrency: all")]
    [InlineData("runner: GPU")]
    [InlineData("runner: []")]
    [InlineData("runner: {label: gpu}")]
    [InlineData("concurrency: {group: deploy}")]
    [InlineData("concurrency: {mode: queue, group: a b}")]
    [InlineData("steps:\n  - {name: a, run: x, secrets: []}")]
    [InlineData("steps:\n  - {name: a, run: x, secrets: [deploy-token]}")]
    [InlineData("steps:\n  - {name: a, run: x, secrets: AUXO_COMMIT}")]
    [InlineData("environment: {1X: y}")]
    [InlineData("checks: {secrets: maybe}")]
    [InlineData("schedules: []")]
    [InlineData("schedules: {a b: {cron: '@daily'}}")]
    [InlineData("schedules: {a: {zone: UTC}}")]
    [InlineData("schedules: {a: {cron: '@daily', zone: ../etc/passwd}}")]
    [InlineData("schedules: {a: {cron: '@daily', zone: /dev/zero}}")]
    [InlineData("schedules: {a: {cron: '@daily', jitter: soon}}")]
    [InlineData("schedules: {audit: maybe}")]
    [InlineData("schedules: {audit: [on]}")]
    [InlineData("schedules: {audit: {cron: '@daily', branch: next}}")]
    [InlineData("schedules: {a: off}")]
    public void both_refuse_a_wrong_one(string text)
    {
        Assert.NotEmpty(PipelineFileReader.Read(text).Problems);
        Assert.False(IsValid(text));
    }

    [Theory]
    [InlineData("- {rule: A, reason: x, by: y}", true)]
    [InlineData("- {rule: A, check: dependencies, path: a/, package: b, until: 2026-09-30, reason: x, by: y}", true)]
    [InlineData("[]", true)]
    [InlineData("- {rule: A, reason: x}", false)]
    [InlineData("- {rule: A, reason: x, by: y, zz: 1}", false)]
    [InlineData("- {rule: A, reason: x, by: y, check: zz}", false)]
    [InlineData("- {rule: A, reason: x, by: y, until: soon}", false)]
    [InlineData("rules: []", false)]
    public void both_say_the_same_of_suppressions(string text, bool right)
    {
        Assert.Equal(right, SuppressionsReader.Read(text, new DateOnly(2026, 3, 1)).Problems.Count == 0);
        Assert.Equal(right, IsValid(text, Suppressions));
    }

    [Theory]
    [InlineData("- {test: A, until: 2026-09-30, reason: x, by: y}", true)]
    [InlineData("- {test: A, step: unit, until: 2026-09-30, reason: x, by: y}", true)]
    [InlineData("[]", true)]
    [InlineData("- {test: A, reason: x, by: y}", false)]
    [InlineData("- {test: A, until: 2026-09-30, reason: x}", false)]
    [InlineData("- {test: A, until: soon, reason: x, by: y}", false)]
    [InlineData("- {test: A, until: 2026-09-30, reason: x, by: y, zz: 1}", false)]
    [InlineData("tests: []", false)]
    public void both_say_the_same_of_the_quarantine(string text, bool right)
    {
        Assert.Equal(right, QuarantineReader.Read(text, new DateOnly(2026, 3, 1)).Problems.Count == 0);
        Assert.Equal(right, IsValid(text, "quarantine.schema.json"));
    }

    [Fact]
    public void both_know_the_same_checks_of_suppressions()
        => Assert.Equal(
            CheckBatch.All.Select(static check => check.Name),
            Schema(Suppressions)["items"]!["properties"]!["check"]!["enum"]!.AsArray().Select(static name => (string)name!));

    private static JsonNode Schema(string name = "ci.schema.json")
    {
        var file = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../docs", name));
        Assert.SkipUnless(File.Exists(file), "the documents are not beside the test");
        return JsonNode.Parse(File.ReadAllText(file))!;
    }

    private static bool IsValid(string text, string name = "ci.schema.json")
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var schema = JsonSchema.FromText(Schema(name).ToJsonString());
        var file = stream.Documents.Count == 0 ? new JsonObject() : Json(stream.Documents[0].RootNode);
        return schema.Evaluate(JsonSerializer.SerializeToElement(file)).IsValid;
    }

    /// <summary>As an editor reads it.</summary>
    private static JsonNode? Json(YamlNode node)
        => node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(static pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Json(pair.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
            YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text }
                when long.TryParse(text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } scalar => JsonValue.Create(scalar.Value == "true"),
            YamlScalarNode scalar => JsonValue.Create(scalar.Value),
            _ => null,
        };
}
