using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;

namespace Auxo.ServiceDefaults.Settings;

/// <summary>A setting as it counts in the running service.</summary>
/// <param name="Variable">The environment variable of <c>./auxo up</c>.</param>
/// <param name="About">What it is about.</param>
/// <param name="Meaning">What it decides.</param>
/// <param name="Value">What holds now, in words where it is not set.</param>
/// <param name="IsSet">Whether the operator chose it.</param>
public sealed record SettingAnswer(string Variable, string About, string Meaning, string Value, bool IsSet);

/// <summary>All of them.</summary>
public sealed record SettingsAnswer(IReadOnlyList<SettingAnswer> Items, string? Next = null);

/// <summary><c>GET /settings</c>: what an operator may choose of this service, and what counts now. It changes by a restart only.</summary>
internal static class ListSettings
{
    public static void MapSettings(this IEndpointRouteBuilder routes, string service)
        => routes.MapGet("/settings", Handle).WithName("ListSettings").WithTags("Settings").RequireScope(service + ":read");

    private static Ok<SettingsAnswer> Handle(KnownSettings known, IConfiguration configuration)
        => TypedResults.Ok(new SettingsAnswer([.. known.Items.Select(setting => Answer(setting, configuration[setting.Key]))]));

    private static SettingAnswer Answer(KnownSetting setting, string? value)
        => value is { Length: > 0 }
            ? new(setting.Variable, setting.About, setting.Meaning, value, IsSet: true)
            : new(setting.Variable, setting.About, setting.Meaning, setting.Usual, IsSet: false);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SettingsAnswer))]
internal sealed partial class SettingsJson : JsonSerializerContext;
