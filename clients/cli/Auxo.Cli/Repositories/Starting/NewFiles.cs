namespace Auxo.Cli.Repositories.Starting;

/// <summary>Writes files that are not there yet; never over one that is.</summary>
internal static class NewFiles
{
    /// <summary>Writes them.</summary>
    /// <exception cref="IOException">One is there already, or a folder is in the way.</exception>
    public static void Write(string folder, IReadOnlyList<TemplateFile> files)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (file.Target is { } target)
            {
                File.CreateSymbolicLink(path, target);
                continue;
            }

            // Not through a link that somebody put there either.
            using (var stream = new FileStream(path, FileMode.CreateNew)) stream.Write(file.Content.Span);
            if (file.IsExecutable) File.SetUnixFileMode(path, File.GetUnixFileMode(path) | (UnixFileMode)0b001_001_001);
        }
    }
}
