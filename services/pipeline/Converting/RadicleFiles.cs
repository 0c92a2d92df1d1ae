using Auxo.Pipeline.Definitions;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Converting;

/// <summary>Files of programs that build Radicle's repositories.</summary>
internal static class RadicleFiles
{
    /// <summary><c>.radicle/native.yaml</c>: one script that runs on the host.</summary>
    public static Converted Native(YamlMappingNode top)
    {
        var converted = new Converted();
        foreach (var (key, name, value) in top.Pairs())
        {
            if (key == "shell" && value.Text() is { } script) converted.Steps.Add(new ConvertedStep("shell") { Commands = { script } });
            else converted.Note(name, $"'{key}' is not known of native.yaml");
        }

        return converted;
    }

    /// <summary><c>.radicle/ambient.yaml</c>: actions, of which the shell's are ours, in a machine without a network.</summary>
    public static Converted Ambient(YamlMappingNode top)
    {
        var converted = new Converted();
        foreach (var (key, name, value) in top.Pairs())
        {
            if (key is not ("pre_plan" or "plan" or "post_plan") || value is not YamlSequenceNode list)
            {
                converted.Note(name, $"'{key}' is not known of ambient.yaml");
                continue;
            }

            foreach (var action in list.Children)
            {
                var kind = action.At("action").Text() ?? "";
                var command = kind == "shell" ? action.At("shell").Text()
                    : kind.StartsWith("cargo_", StringComparison.Ordinal) ? "cargo " + kind["cargo_".Length..]
                    : null;
                if (command is null) converted.Note(action, $"the action '{kind}' is left out");
                else converted.Steps.Add(new ConvertedStep(kind) { Commands = { command }, Network = key != "plan" });
            }
        }

        return converted;
    }

    /// <summary>The old <c>.radicle/ci.yaml</c>, as a build reads it.</summary>
    public static Converted Old(string text)
    {
        var converted = new Converted();
        var reading = OldPipelineFileReader.Read(text);
        foreach (var note in reading.Notes) converted.Notes.Add((0, note));
        foreach (var step in reading.File.Steps)
        {
            var made = new ConvertedStep(step.Name) { Image = step.Image, Network = false };
            made.Commands.AddRange(step.Commands);
            foreach (var (name, value) in step.Environment) made.Environment[name] = value;
            converted.Steps.Add(made);
        }

        return converted;
    }
}
