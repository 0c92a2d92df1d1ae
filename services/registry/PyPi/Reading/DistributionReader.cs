using Auxo.Registry.Archives;
using Auxo.Registry.PyPi.Versions;

namespace Auxo.Registry.PyPi.Reading;

/// <summary>What an index needs of a distribution.</summary>
/// <param name="Metadata">Its fields.</param>
/// <param name="MetadataText">The file itself, which is served beside a wheel (PEP 658); null for a source distribution.</param>
public sealed record ReadDistribution(CoreMetadata Metadata, byte[]? MetadataText);

/// <summary>Reads the metadata out of a wheel or a source distribution, and holds it against the file's name.</summary>
public static class DistributionReader
{
    /// <summary>Reads it.</summary>
    /// <param name="file">What its name says.</param>
    /// <param name="content">All of it; it has to be seekable.</param>
    /// <exception cref="ArchiveRefusedException">It cannot be read, or its metadata is of another project or version.</exception>
    public static ReadDistribution Read(DistributionFile file, Stream content)
    {
        var text = file.IsWheel ? Wheel(file, content) : Source(content);
        var metadata = CoreMetadata.Read(text);
        if (ProjectName.Normalize(metadata.Name) != file.Project || PythonVersion.Parse(metadata.Version) is not { } version
            || !version.Equals(file.Version))
            throw new ArchiveRefusedException(
                $"The file's name says {file.Project} {file.Version}, its metadata says {ArchiveLimits.Shown(metadata.Name)} "
                    + $"{ArchiveLimits.Shown(metadata.Version)}. Build it again, and do not rename what was built.");
        return new ReadDistribution(metadata, file.IsWheel ? text : null);
    }

    private static byte[] Wheel(DistributionFile file, Stream content)
    {
        var zip = ZipArchiveReader.Open(content);
        var folders = zip.Entries.Select(static e => e.Name.Split('/')[0])
            .Where(static n => n.EndsWith(".dist-info", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToList();
        if (folders is not [var folder] || !Fits(folder, file)) throw new ArchiveRefusedException(
            $"A wheel has one folder '{file.Project.Replace('-', '_')}-{file.Version}.dist-info'. This one has "
                + $"{(folders.Count == 0 ? "none" : string.Join(", ", folders.Take(3).Select(ArchiveLimits.Shown)))}.");
        foreach (var name in (ReadOnlySpan<string>)["WHEEL", "RECORD"])
        {
            if (!zip.Entries.Any(e => e.Name == $"{folder}/{name}")) throw new ArchiveRefusedException(
                $"The wheel has no '{name}' in its '.dist-info' folder. Build it again with a current tool.");
        }

        return zip.Entries.FirstOrDefault(e => e.Name == $"{folder}/METADATA") is { } metadata
            ? zip.Read(metadata)
            : throw new ArchiveRefusedException("The wheel has no 'METADATA' in its '.dist-info' folder. Build it again.");
    }

    private static bool Fits(string folder, DistributionFile file)
        => folder[..^".dist-info".Length].Split('-') is [var name, var version] && ProjectName.Normalize(name) == file.Project
            && PythonVersion.Parse(version)?.Equals(file.Version) == true;

    private static byte[] Source(Stream content)
    {
        var (files, tops) = TarGzReader.Read(
            content, static name => name.EndsWith("/PKG-INFO", StringComparison.Ordinal) && name.Count(static c => c == '/') == 1);
        if (tops.Count != 1) throw new ArchiveRefusedException(
            "A source distribution has one folder at its top, 'NAME-VERSION'. Build it with 'python -m build --sdist'.");
        return files.Values.SingleOrDefault() ?? throw new ArchiveRefusedException(
            "The source distribution has no 'PKG-INFO' in its folder. Build it with 'python -m build --sdist'.");
    }
}
