using Auxo.Pipeline.Builds;
using Auxo.Pipeline.StepSecrets;

namespace Auxo.Pipeline.Local;

/// <summary>The secrets of steps where there is no service: variables of the caller's environment, of the same name.</summary>
internal static class LocalSecrets
{
    /// <summary>Reads those that the steps name; one that is not set fails the step that names it.</summary>
    public static BuildSecrets Of(Build build, IConfiguration environment)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var wrong = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in BuildSecrets.Asked(build))
        {
            // The configuration has a colon where the environment has two underscores.
            if (environment[name.Replace("__", ":", StringComparison.Ordinal)] is not { Length: > 0 } value)
                wrong[name] = $"the secret {name} is not set; a local run takes it from your environment: {name}=… auxo ci run";
            else if (SecretInput.RefuseValue(value) is { } why) wrong[name] = $"{name} of your environment: {why}";
            else values[name] = value;
        }

        return new BuildSecrets(values, (name, _) => wrong.GetValueOrDefault(name));
    }
}
