using Auxo.Registry.Archives;

namespace Auxo.Registry.NuGet.Reading;

/// <summary>What a registry needs of a <c>.nupkg</c> or <c>.snupkg</c>.</summary>
/// <param name="Nuspec">What it says of itself.</param>
/// <param name="NuspecText">The file.</param>
/// <param name="Readme">The file that it names as such; null for none.</param>
internal sealed record ReadPackage(Nuspec Nuspec, byte[] NuspecText, byte[]? Readme);

/// <summary>Reads packages. Nothing of them is ever changed: the signature of an author covers every byte.</summary>
internal static class PackageReader
{
    /// <summary>What may be in a package of symbols besides them.</summary>
    private static readonly string[] BesideSymbols = [".nuspec", ".psmdcp", ".rels", ".xml", ".p7s"];

    /// <summary>Reads a package.</summary>
    /// <param name="content">All of it; it has to be seekable.</param>
    /// <exception cref="ArchiveRefusedException">It cannot be read, or does harm to who unpacks it.</exception>
    public static ReadPackage Read(Stream content) => Read(ZipArchiveReader.Open(content));

    /// <summary>Reads a package of symbols, which has nothing else in it.</summary>
    /// <exception cref="ArchiveRefusedException">It cannot be read, or has more in it.</exception>
    public static ReadPackage ReadSymbols(Stream content)
    {
        var zip = ZipArchiveReader.Open(content);
        if (zip.Entries.FirstOrDefault(e => !e.Name.EndsWith('/') && !e.Name.EndsWith(".pdb", StringComparison.OrdinalIgnoreCase)
            && !BesideSymbols.Any(end => e.Name.EndsWith(end, StringComparison.OrdinalIgnoreCase))) is { } other)
            throw new ArchiveRefusedException(
                $"A package of symbols has only '.pdb' files in it; this one has '{ArchiveLimits.Shown(other.Name)}'. "
                    + "Pack it with '-p:SymbolPackageFormat=snupkg'.");
        return Read(zip);
    }

    private static ReadPackage Read(ZipArchiveReader zip)
    {
        foreach (var entry in zip.Entries)
        {
            // Clients decode names before they unpack.
            if (entry.Name.Contains('%')) ArchiveLimits.RequireInside(Uri.UnescapeDataString(entry.Name));
        }

        var nuspecs = zip.Entries.Where(static e => !e.Name.Contains('/')
            && e.Name.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase));
        if (nuspecs.ToList() is not [var nuspec]) throw new ArchiveRefusedException(
            "A package has one '.nuspec' at its top, and this one has none or several. Pack it again with 'dotnet pack'.");
        var text = zip.Read(nuspec);
        var read = NuspecReader.Read(text);
        var readme = read.Readme?.Replace('\\', '/').TrimStart('/');
        var file = zip.Entries.FirstOrDefault(e => e.Name.Equals(readme, StringComparison.OrdinalIgnoreCase)
            && e.UnpackedBytes is > 0 and <= 1 << 20);
        return new ReadPackage(read, text, file is null ? null : zip.Read(file));
    }
}
