namespace Auxo.Cli.Repositories.Starting;

/// <summary>Writes files that are not there yet; never over one that is.</summary>
internal static class NewFiles
{
    /// <summary>Writes them: all, or none.</summary>
    /// <exception cref="IOException">One is there already, a folder is in the way, or there is no room.</exception>
    public static void Write(string folder, IReadOnlyList<TemplateFile> files)
    {
        var made = new Stack<string>();
        try
        {
            Write(folder, files, made);
        }
        catch
        {
            foreach (var path in made)
            {
                if (new FileInfo(path).LinkTarget is null && Directory.Exists(path)) Directory.Delete(path);
                else File.Delete(path);
            }

            throw;
        }
    }

    private static void Write(string folder, IReadOnlyList<TemplateFile> files, Stack<string> made)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Path);
            MakeFolder(Path.GetDirectoryName(path)!, made);
            if (!Path.Exists(path) && new FileInfo(path).LinkTarget is null) made.Push(path);
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

    private static void MakeFolder(string folder, Stack<string> made)
    {
        if (Directory.Exists(folder)) return;
        MakeFolder(Path.GetDirectoryName(folder)!, made);
        Directory.CreateDirectory(folder);
        made.Push(folder);
    }
}
