using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.Instances;

/// <summary>
/// What a machine that runs steps for another Auxo has to know: <c>runner.json</c> in its folder, for its owner alone since the token is
/// in it. <c>auxo runner join</c> writes it.
/// </summary>
/// <param name="Url">The pipeline's address.</param>
/// <param name="Name">The runner's name there.</param>
/// <param name="Token">Its token.</param>
/// <param name="Capacity">How many builds it takes at once; null for one per processor.</param>
public sealed record RunnerFile(Uri Url, string Name, string Token, int? Capacity)
{
    /// <summary>Writes it.</summary>
    /// <param name="layout">The runner's own.</param>
    /// <exception cref="HostingException">The folder cannot be made.</exception>
    public void Write(InstanceLayout layout)
    {
        layout.Make();
        PrivateFiles.Write(layout.JoinedFile, JsonSerializer.Serialize(this, RunnerFileJson.Default.RunnerFile));
    }

    /// <summary>Reads it; null when this machine has joined no Auxo, or the file is none.</summary>
    public static RunnerFile? Read(InstanceLayout layout)
    {
        if (!File.Exists(layout.JoinedFile)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(layout.JoinedFile), RunnerFileJson.Default.RunnerFile);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunnerFile))]
internal sealed partial class RunnerFileJson : JsonSerializerContext;
