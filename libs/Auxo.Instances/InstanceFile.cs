using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.Instances;

/// <summary>
/// <c>instance.json</c>, mode 0600: how the CLI and <c>./auxo</c> find and enter what runs. It is there while the AppHost runs.
/// </summary>
/// <param name="Version">The program's version.</param>
/// <param name="Pid">The AppHost's process.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="TokenFile">The file with the administrator's token.</param>
/// <param name="Endpoints">The URL of <c>apphost</c> and of each service, by name.</param>
public sealed record InstanceFile(
    string Version, int Pid, DateTimeOffset StartedAt, string TokenFile, IReadOnlyDictionary<string, string> Endpoints)
{
    /// <summary>Aspire's dashboard, which takes the place of the AppHost's own answers under <c>./auxo dev</c>; else null.</summary>
    public string? Dashboard { get; init; }

    /// <summary>What the start took from its environment (<see cref="StartSettings"/>).</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Writes the file of the instance that this process runs.</summary>
    /// <param name="folder">Its folder, locked.</param>
    /// <param name="settings">What the start took from its environment.</param>
    /// <param name="endpoints">The URL of each service and, where it answers, of <c>apphost</c>.</param>
    /// <param name="dashboard">The address of Aspire's dashboard, where it takes the AppHost's place.</param>
    public static void Write(
        InstanceFolder folder, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> endpoints,
        string? dashboard = null)
    {
        var version = typeof(InstanceFile).Assembly.GetName().Version?.ToString(3) ?? "";
        var file = new InstanceFile(
            version, Environment.ProcessId, TimeProvider.System.GetUtcNow(), folder.Layout.AdminToken, endpoints)
        {
            Dashboard = dashboard,
            Settings = settings,
        };
        PrivateFiles.Write(folder.Layout.Description, JsonSerializer.Serialize(file, InstanceJson.Default.InstanceFile));
    }

    /// <summary>Reads the file of a running instance; null when none runs on this folder.</summary>
    public static InstanceFile? Read(InstanceLayout layout)
        => InstanceFolder.LockHolder(layout) is not null && File.Exists(layout.Description)
            ? JsonSerializer.Deserialize(File.ReadAllText(layout.Description), InstanceJson.Default.InstanceFile)
            : null;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(InstanceFile))]
internal sealed partial class InstanceJson : JsonSerializerContext;
