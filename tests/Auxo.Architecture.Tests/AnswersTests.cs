using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using Auxo.Api;

using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

using Refit;

namespace Auxo.Architecture.Tests;

/// <summary>
/// What the command line takes for given in an answer, every service really gives: a part that can be missing there may be missing
/// here.
/// </summary>
public sealed class AnswersTests
{
    /// <summary>By service and number of the question.</summary>
    public static TheoryData<string, string> Questions()
    {
        var data = new TheoryData<string, string>();
        foreach (var (service, host) in RunningServices.All)
        {
            foreach (var question in Asked.Where(q => IsAskedOf(q, service, host))) data.Add(service, question.ToString());
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void an_answer_has_all_that_the_command_line_takes_for_given(string service, string asked)
    {
        var host = RunningServices.All[service];
        var question = Asked.Single(q => q.ToString() == asked);
        var endpoints = host.Endpoints.Where(question.Fits).ToList();
        Assert.NotEmpty(endpoints);
        if (question.Wanted is not { } wanted || IsUndigested(wanted)) return;

        var theirs = host.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        Assert.All(endpoints, endpoint =>
        {
            var given = endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Where(static m => m.StatusCode is >= 200 and < 300)
                .Select(static m => m.Type).OfType<Type>().Where(static t => t != typeof(void)).Distinct().ToList();
            Assert.NotEmpty(given);
            Assert.Empty(given.SelectMany(type => Missing(ApiJson.Options, wanted, theirs, type, "$", [])));
        });
    }

    [Fact]
    public void most_questions_are_looked_at()
        => Assert.True(Questions().Count > 50, $"only {Questions().Count}");

    /// <summary>Parts that may be missing in the service's answer and not in the command line's model of it.</summary>
    private static IEnumerable<string> Missing(
        JsonSerializerOptions ours, Type wanted, JsonSerializerOptions theirs, Type given, string path, HashSet<(Type, Type)> seen)
    {
        if (IsUndigested(wanted) || !seen.Add((wanted, given))) yield break;
        var (our, their) = (ours.GetTypeInfo(wanted), theirs.GetTypeInfo(given));
        if (our.ElementType is { } item)
        {
            if (their.ElementType is not { } other) yield return $"{path} is no list or map";
            else foreach (var missing in Missing(ours, item, theirs, other, path + "[]", seen)) yield return missing;
        }

        if (our.Kind != JsonTypeInfoKind.Object || their.Kind != JsonTypeInfoKind.Object) yield break;
        foreach (var property in our.Properties)
        {
            var at = $"{path}.{property.Name}";
            var source = their.Properties.FirstOrDefault(p => string.Equals(p.Name, property.Name, StringComparison.OrdinalIgnoreCase));
            var needed = ApiJson.IsNeeded(property);
            if (source?.Get is null)
            {
                if (needed) yield return $"{at} is not there";
                continue;
            }

            if (needed && MayBeNull(source)) yield return $"{at} may be null";
            foreach (var missing in Missing(
                ours, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
                theirs, Nullable.GetUnderlyingType(source.PropertyType) ?? source.PropertyType, at, seen)) yield return missing;
        }
    }

    private static bool MayBeNull(JsonPropertyInfo property)
        => property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsGetNullable;

    /// <summary>Given on as it is.</summary>
    private static bool IsUndigested(Type type) => type == typeof(string) || type == typeof(JsonElement) || type == typeof(JsonElement?);

    private static readonly IReadOnlyList<Question> Asked =
        [.. typeof(IIngest).Assembly.GetTypes().Where(static t => t.IsInterface).SelectMany(static t => t.GetMethods())
            .Select(static m => (Method: m, Http: m.GetCustomAttribute<HttpMethodAttribute>())).Where(static m => m.Http is not null)
            .Select(static m => new Question(
                m.Method.DeclaringType!, m.Http!.Method.Method, m.Http.Path,
                m.Method.ReturnType is { IsGenericType: true } answer ? answer.GenericTypeArguments[0] : null))];

    /// <summary>A service's own client by its name; what all services answer, of those that do.</summary>
    private static bool IsAskedOf(Question question, string service, ServiceHost host)
        => RunningServices.All.Keys.FirstOrDefault(s => IsOf(s, question.Client)) is { } one
            ? one == service
            : Asked.Where(q => q.Client == question.Client).All(q => host.Endpoints.Any(q.Fits));

    private static bool IsOf(string service, Type client) => string.Equals(client.Name, "I" + service, StringComparison.OrdinalIgnoreCase);

    /// <summary>What the command line asks.</summary>
    /// <param name="Client">The interface that asks it.</param>
    /// <param name="Verb">Such as <c>GET</c>.</param>
    /// <param name="Path">Without leading slash; what varies in braces.</param>
    /// <param name="Wanted">What it reads; null for nothing.</param>
    private sealed record Question(Type Client, string Verb, string Path, Type? Wanted)
    {
        /// <summary>A part that varies here may be a word there.</summary>
        public bool Fits(RouteEndpoint endpoint)
        {
            var (ours, theirs) = (Path.Split('/'), (endpoint.RoutePattern.RawText ?? "").Trim('/').Split('/'));
            return endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(Verb, StringComparer.Ordinal) is true
                && ours.Length == theirs.Length
                && ours.Zip(theirs).All(static p => p.First == p.Second || p.First.StartsWith('{'));
        }

        /// <inheritdoc/>
        public override string ToString() => $"{Client.Name}: {Verb} {Path}";
    }
}
