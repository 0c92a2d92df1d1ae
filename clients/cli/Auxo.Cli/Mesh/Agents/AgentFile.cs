using System.Text.Json;

using Auxo.Api;
using Auxo.Instances;

namespace Auxo.Cli.Mesh.Agents;

/// <summary>To which Auxo this machine's node reports: <c>agent.json</c> in the folder of Auxo, for its owner alone.</summary>
/// <param name="Url">The address of metrics as this machine reaches it.</param>
/// <param name="Token">The token of this node.</param>
internal sealed record AgentFile(Uri Url, string Token)
{
    public void Write(InstanceLayout layout)
    {
        layout.Make();
        PrivateFiles.Write(layout.AgentFile, JsonSerializer.Serialize(this, ApiJson.Options));
    }

    /// <exception cref="CliException">This machine has joined no Auxo, or the file is none.</exception>
    public static AgentFile Read(InstanceLayout layout)
    {
        const string join = "'auxo agent token NAME' on the main machine prints the command to type here.";
        try
        {
            var file = JsonSerializer.Deserialize<AgentFile>(File.ReadAllText(layout.AgentFile), ApiJson.Options);
            return file is { Url.IsAbsoluteUri: true } ? file : throw new JsonException("There is no address in it.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(ExitCode.Usage, $"This node reports to no Auxo yet: there is no {layout.AgentFile}.", join, e);
        }
        catch (JsonException e)
        {
            throw new CliException(ExitCode.Usage, $"{layout.AgentFile} cannot be read.", join, e);
        }
    }

    /// <summary>Says nothing of the token, wherever it is printed.</summary>
    public override string ToString() => $"{nameof(AgentFile)} {Url}";
}
