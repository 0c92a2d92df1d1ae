using Auxo.Registry.Repositories;

namespace Auxo.Registry.Mirrors.Trying;

/// <summary>What somebody who wrote a wrong address may have meant.</summary>
internal static class AddressHints
{
    private const string Https = "https://";
    private const string Npmjs = Https + "registry.npmjs.org/";
    private const string DockerHub = Https + "registry-1.docker.io";

    /// <summary>Sites that people know, in the place of the registries behind them; nothing is asked there.</summary>
    private static readonly (string Format, string Host, string Instead)[] Known =
    [
        (RepositoryFormats.Npm, "npmjs.com", Npmjs),
        (RepositoryFormats.Npm, "npmjs.org", Npmjs),
        (RepositoryFormats.PyPi, "pypi.org", "https://pypi.org/simple/"),
        (RepositoryFormats.PyPi, "pypi.python.org", "https://pypi.org/simple/"),
        (RepositoryFormats.NuGet, "nuget.org", "https://api.nuget.org/v3/index.json"),
        (RepositoryFormats.Oci, "docker.com", DockerHub),
        (RepositoryFormats.Oci, "docker.io", DockerHub),
        (RepositoryFormats.Debian, "debian.org", "https://deb.debian.org/debian"),
        (RepositoryFormats.Brew, "brew.sh", "https://formulae.brew.sh/api"),
    ];

    /// <summary>Addresses on the same host that are tried in the place of one that is wrong.</summary>
    public static IReadOnlyList<Uri> Candidates(string format, Uri upstream)
    {
        Uri Below(string path) => UpstreamKind.Below(upstream, path);
        IEnumerable<Uri> all = format switch
        {
            RepositoryFormats.Npm => Cut(upstream, "/-/"),
            RepositoryFormats.PyPi => [Below("simple/"), Below("+simple/"), .. CutEnd(upstream, "/pypi", "/simple/")],
            RepositoryFormats.NuGet => [Below("index.json"), Below("v3/index.json"), .. CutEnd(upstream, "/v2", "/v3/index.json")],
            RepositoryFormats.Debian => [.. Cut(upstream, "/dists/"), Below("debian"), Below("ubuntu")],
            RepositoryFormats.Brew => [Below("api"), .. Cut(upstream, "/api/")],
            _ => [],
        };
        return [.. all.Distinct().Where(candidate => candidate != upstream)];
    }

    /// <summary>The registry that a known site stands for; null when it is none of them, or that registry itself.</summary>
    public static string? InsteadOf(string format, Uri upstream)
        => Known.FirstOrDefault(k => k.Format == format && IsOf(upstream.Host, k.Host)).Instead is { } instead
            && instead.TrimEnd('/') != upstream.AbsoluteUri.TrimEnd('/') ? instead : null;

    /// <summary>How an address of the format looks.</summary>
    public static string ShapeOf(string format) => format switch
    {
        RepositoryFormats.Npm => "An npm registry's address is what 'npm config get registry' prints, such as " + Npmjs,
        RepositoryFormats.PyPi =>
            "It is the address of the simple API, which ends with /simple/ mostly, and that has to answer JSON (PEP 691); older servers "
                + "have only HTML",
        RepositoryFormats.NuGet => "It is the address of the service index, which ends with /v3/index.json mostly",
        RepositoryFormats.Oci => $"It is the host that images are pulled from, such as {DockerHub} or https://ghcr.io",
        RepositoryFormats.Debian => "It is the address behind 'URIs:' or 'deb' in apt's sources: the folder that has dists/",
        RepositoryFormats.Brew => "It is the address of Homebrew's JSON API, such as https://formulae.brew.sh/api",
        _ => "",
    };

    private static bool IsOf(string host, string site) => host == site || host.EndsWith("." + site, StringComparison.Ordinal);

    private static IEnumerable<Uri> Cut(Uri upstream, string at)
    {
        var text = upstream.AbsoluteUri.TrimEnd('/') + "/";
        var found = text.IndexOf(at, StringComparison.Ordinal);
        // What is cut of the Homebrew address is what follows the API.
        if (found > 0) yield return new Uri(at == "/api/" ? text[..(found + 4)] : text[..found] + (at == "/-/" ? "/" : ""));
    }

    private static IEnumerable<Uri> CutEnd(Uri upstream, string end, string instead)
    {
        var text = upstream.AbsoluteUri.TrimEnd('/');
        if (text.EndsWith(end, StringComparison.Ordinal)) yield return new Uri(text[..^end.Length] + instead);
    }
}
