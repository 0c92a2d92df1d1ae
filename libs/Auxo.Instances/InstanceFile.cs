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

    /// <summary>Reads the file of a running instance; null when none runs on this folder.</summary>
    public static InstanceFile? Read(string home)
    {
        var path = Path.Combine(home, "instance.json");
        return InstanceFolder.LockHolder(home) is not null && File.Exists(path)
            ? JsonSerializer.Deserialize(File.ReadAllText(path), InstanceJson.Default.InstanceFile)
            : null;
    }

    public void Write(string home) => InstanceFolder.WritePrivate(
        Path.Combine(home, "instance.json"), JsonSerializer.Serialize(this, InstanceJson.Default.InstanceFile));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(InstanceFile))]
internal sealed partial class InstanceJson : JsonSerializerContext;
