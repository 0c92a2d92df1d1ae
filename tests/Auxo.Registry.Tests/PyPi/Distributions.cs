using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

using Auxo.Registry.Tests.Archives;

namespace Auxo.Registry.Tests.PyPi;

/// <summary>Small wheels and source distributions, as build tools make them.</summary>
internal static class Distributions
{
    public static string Metadata(string name, string version, string more = "Requires-Python: >=3.8\n")
        => $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: A demo\n{more}\nThe description.\n";

    /// <summary>A wheel's name and bytes; it has one module, which tells its version.</summary>
    public static (string FileName, byte[] Content) Wheel(
        string name, string version, string? metadata = null, string tags = "py3-none-any", string? folder = null, int salt = 0)
    {
        var module = name.Replace('-', '_').Replace('.', '_').ToLowerInvariant();
        folder ??= $"{module}-{version}.dist-info";
        return ($"{module}-{version}-{tags}.whl", Zips.Of(
            ($"{module}/__init__.py", $"version = '{version}'\nsalt = {salt}\n"),
            ($"{folder}/METADATA", metadata ?? Metadata(name, version)),
            ($"{folder}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ($"{folder}/RECORD", $"{module}/__init__.py,,\n{folder}/METADATA,,\n{folder}/WHEEL,,\n{folder}/RECORD,,\n")));
    }

    /// <summary>A source distribution's name and bytes.</summary>
    public static (string FileName, byte[] Content) Source(string name, string version, string? metadata = null)
    {
        var stem = $"{name.Replace('-', '_').Replace('.', '_').ToLowerInvariant()}-{version}";
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var (file, content) in ((string, string)[])
                [($"{stem}/PKG-INFO", metadata ?? Metadata(name, version)),
                    ($"{stem}/setup.py", "from setuptools import setup; setup()\n")])
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, file)
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                });
            }
        }

        return ($"{stem}.tar.gz", stream.ToArray());
    }
}
