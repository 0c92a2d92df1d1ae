using System.Globalization;
using System.Text.Json;

using Auxo.Api;
using Auxo.Contracts;
using Auxo.Instances;

namespace Auxo.Cli.Instances;

/// <summary>A running Auxo: where its services are and how to enter them.</summary>
/// <param name="Origin">How it was found, for people: a path or a variable.</param>
/// <param name="Endpoints">Service name → base address; <c>apphost</c> is one of them.</param>
/// <param name="Token">The bearer token; null when there is none.</param>
/// <param name="TokenOrigin">Where the token was found, or was looked for, for people.</param>
internal sealed record Instance(string Origin, IReadOnlyDictionary<string, Uri> Endpoints, string? Token, string TokenOrigin)
{
    private const int AppHostPort = 15000;

    /// <summary>Aspire's dashboard, when <c>./auxo dev</c> runs: there is no AppHost to ask then. Else null.</summary>
    public string? Dashboard { get; init; }

    /// <summary>
    /// <c>AUXO_URL</c> (the AppHost's address, or only its host; the services are on the same host, at their usual ports or those of
    /// <c>AUXO_PORTS_…</c>) with <c>AUXO_TOKEN</c>, else <c>instance.json</c> in
    /// <c>AUXO_HOME</c>, by default <c>/var/lib/auxo</c> for root and <c>$XDG_DATA_HOME/auxo</c> for everybody else.
    /// </summary>
    /// <exception cref="CliException">There is none, or it cannot be read.</exception>
    public static Instance Find(CliHost host)
    {
        if (Set(host.Variable("AUXO_URL")) is { } url)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                throw new CliException(ExitCode.Usage, $"AUXO_URL is '{url}', which is no address.",
                    "It looks like http://127.0.0.1:15000, or http://build.example.org.");
            return new Instance("AUXO_URL", OnHost(address, Port), TokenOf(host.Variable("AUXO_TOKEN"), "AUXO_TOKEN"), "AUXO_TOKEN");
        }

        return At(host, Layout(host));

        int Port(string service, int usual)
        {
            var setting = Ports.Setting(service);
            if (Set(host.Variable(setting)) is not { } text) return usual;
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
                ? port
                : throw new CliException(ExitCode.Usage, $"{setting} is '{text}', which is no port.", $"The usual one is {usual}.");
        }
    }

    /// <summary>The instance of a folder; <c>AUXO_TOKEN</c> still comes first.</summary>
    /// <exception cref="CliException">There is none, or it cannot be read.</exception>
    public static Instance At(CliHost host, InstanceLayout layout)
    {
        var token = TokenOf(host.Variable("AUXO_TOKEN"), "AUXO_TOKEN");
        var file = layout.Description;
        try
        {
            var description = JsonSerializer.Deserialize<Description>(File.ReadAllBytes(file), ApiJson.Options)
                ?? new Description(null, null, null);
            var tokenFile = Path.Combine(layout.Home, description.TokenFile ?? layout.AdminToken);
            var origin = token is not null ? "AUXO_TOKEN" : tokenFile;
            token ??= TokenOf(description.Token, file) ?? (File.Exists(tokenFile) ? TokenOf(File.ReadAllText(tokenFile), tokenFile) : null);
            var endpoints = OnHost(new Uri("http://127.0.0.1:15000"), static (_, usual) => usual);
            foreach (var (name, address) in description.Endpoints ?? []) endpoints[name] = Base(address);
            return new Instance(file, endpoints, token, origin) { Dashboard = Set(description.Dashboard) };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(
                ExitCode.Unreachable, $"No running Auxo was found: there is no {file}.",
                "Start it with './auxo up', or say where it is: AUXO_HOME for its folder, or AUXO_URL and AUXO_TOKEN.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CliException(ExitCode.Unreachable, $"{file} belongs to another user.",
                "Run this as the user who runs Auxo, or set AUXO_URL and AUXO_TOKEN.", e);
        }
        catch (Exception e) when (e is JsonException or UriFormatException)
        {
            throw new CliException(ExitCode.Unreachable, $"{file} cannot be read: {e.Message}", "'./auxo up' writes it again.", e);
        }
    }

    /// <summary>The folder of the instance.</summary>
    public static InstanceLayout Layout(CliHost host) => InstanceLayout.Locate(name => Set(host.Variable(name)) is { } value
        ? name == "AUXO_HOME" ? Path.GetFullPath(value, host.WorkingFolder) : value
        : null, host.IsRoot);

    private static Dictionary<string, Uri> OnHost(Uri apphost, Func<string, int, int> port)
        => new(KnownServices.Names.Select(name => KeyValuePair.Create(
            name, At(apphost, port(name, KnownServices.UsualPort(name)!.Value)))), StringComparer.Ordinal)
        {
            // An address without a port names the host only.
            ["apphost"] = apphost is { Scheme: "http", IsDefaultPort: true } ? At(apphost, port("apphost", AppHostPort)) : Base(apphost),
            ["console"] = At(apphost, port("console", KnownServices.ConsolePort)),
        };

    private static Uri At(Uri host, int port) => new UriBuilder(host.Scheme, host.Host, port).Uri;

    /// <summary>A token of one line, as it is sent in a header.</summary>
    /// <exception cref="CliException">It cannot be one.</exception>
    private static string? TokenOf(string? text, string origin)
    {
        if (Set(text)?.Trim() is not { } token) return null;
        return token.All(static c => c is > ' ' and < '\x7f')
            ? token
            : throw new CliException(
                ExitCode.Unreachable, $"{origin} holds no token: there is a space, a line's end or another character in it that none has.",
                "Set AUXO_TOKEN to what 'auxo token create NAME' printed, one line.");
    }

    /// <summary>Relative paths are appended to what ends with a slash only.</summary>
    private static Uri Base(Uri address)
        => !address.IsAbsoluteUri ? throw new UriFormatException($"'{address}' is no address.")
            : address.AbsolutePath.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");

    private static string? Set(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>What the AppHost writes, mode 0600.</summary>
    private sealed record Description(Dictionary<string, Uri>? Endpoints, string? TokenFile, string? Token)
    {
        public string? Dashboard { get; init; }
    }
}
