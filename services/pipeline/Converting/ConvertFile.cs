using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Definitions.Yaml;
using Auxo.Pipeline.Local;

namespace Auxo.Pipeline.Converting;

/// <summary>
/// <c>auxo ci convert [FILE]</c>: writes the pipeline file that does what another CI's file does, as far as it can be said.
/// </summary>
internal static class ConvertFile
{
    private static readonly string[] Known =
        [PipelineFile.OldPath, ".radicle/native.yaml", ".radicle/ambient.yaml", ".woodpecker.yml", ".woodpecker.yaml", ".drone.yml"];

    private static readonly string[] Folders = [".woodpecker", ".github/workflows", ".forgejo/workflows", ".gitea/workflows"];

    /// <summary>Converts a file.</summary>
    /// <param name="place">It, or a work tree that has exactly one.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="LocalException">There is none, there are several, or it cannot be read.</exception>
    public static async Task<string> RunAsync(string place, CancellationToken ct)
    {
        var path = File.Exists(place) ? place : Find(place);
        var text = OutsideText.Decode(await File.ReadAllBytesAsync(path, ct));
        return ConvertedText.Write(Convert(path, text), Path.GetFileName(path));
    }

    /// <summary>Reads a text as what its place says that it is.</summary>
    internal static Converted Convert(string path, string text)
    {
        var name = path.Replace('\\', '/');
        if (name.EndsWith(PipelineFile.OldPath, StringComparison.Ordinal)) return RadicleFiles.Old(text);
        try
        {
            if (YamlText.Read(text) is not { } top) throw new LocalException($"{path} is empty.");
            return Path.GetFileNameWithoutExtension(name) switch
            {
                "native" => RadicleFiles.Native(top),
                "ambient" => RadicleFiles.Ambient(top),
                _ when top.At("jobs") is not null => GitHubWorkflow.Read(top),
                _ when top.At("steps") is not null || top.At("pipeline") is not null => WoodpeckerFile.Read(top),
                _ => throw new LocalException(
                    $"{path} has neither 'jobs' nor 'steps': only files of Radicle's adapters, Woodpecker, GitHub and Forgejo are "
                        + "converted."),
            };
        }
        catch (PipelineYamlException e)
        {
            throw new LocalException($"{path}:{e.Line}:{e.Column}: {e.Message}");
        }
    }

    private static string Find(string folder)
    {
        if (!Directory.Exists(folder)) throw new LocalException($"There is no file {folder}.");
        var found = Known.Select(name => Path.Combine(folder, name)).Where(File.Exists).Concat(
            Folders.Select(name => Path.Combine(folder, name)).Where(Directory.Exists)
                .SelectMany(static place => Directory.EnumerateFiles(place, "*.y*ml").Order(StringComparer.Ordinal))).ToList();
        return found switch
        {
            [var only] => only,
            [] => throw new LocalException($"There is no file of another CI in {folder}. Name it: auxo ci convert FILE"),
            _ => throw new LocalException(
                "Name one of them: " + string.Join(", ", found.Select(path => Path.GetRelativePath(folder, path)))),
        };
    }
}
