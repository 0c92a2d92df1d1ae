using System.CommandLine;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Raw;

/// <summary>
/// <c>auxo raw put REPOSITORY FILE</c>: the digest is worked out first and promised, so what arrives is what was meant, or
/// nothing.
/// </summary>
internal static class PutRaw
{
    public static Command Create(CliHost host)
    {
        var repository = RawCommand.Repository();
        var file = new Argument<string>("file") { Description = "The file to send" };
        var name = new Option<string?>("--as") { Description = "Its name there, such as v1.2/tool.tar.gz; by default the file's own name" };
        var type = new Option<string?>("--type") { Description = "Its media type; by default application/octet-stream" };
        var fresh = new Option<bool>("--new") { Description = "Refuse when there is a file of that name already" };
        return new Command("put", "Send a file, with its digest; it is kept when it has arrived whole")
        {
            repository, file, name, type, fresh,
        }
            .Does(host, (parsed, session, ct) => RunAsync(
                session, parsed.GetRequiredValue(repository), Path.GetFullPath(parsed.GetRequiredValue(file), host.WorkingFolder),
                parsed.GetValue(name), parsed.GetValue(type), parsed.GetValue(fresh), ct));
    }

    private static async Task<int> RunAsync(
        Session session, string repository, string file, string? name, string? type, bool fresh, CancellationToken ct)
    {
        if (!File.Exists(file)) throw new CliException(ExitCode.Usage, $"There is no file {file}.", Directory.Exists(file)
            ? "A folder has to be packed first: tar -czf x.tar.gz FOLDER"
            : null);
        await using var content = File.OpenRead(file);
        var digest = await SHA256.HashDataAsync(content, ct);
        content.Position = 0;

        using var request = new HttpRequestMessage(HttpMethod.Put, RawCommand.Address(repository, name ?? Path.GetFileName(file)))
        {
            Content = new StreamContent(content),
        };
        request.Options.Set(Clients.Long, true);
        request.Content.Headers.ContentType = type is null ? new MediaTypeHeaderValue("application/octet-stream")
            : MediaTypeHeaderValue.TryParse(type, out var media)
                ? media
                : throw new CliException(ExitCode.Usage, $"'{type}' is no media type.", "It looks like application/gzip.");
        request.Content.Headers.Add("Content-Digest", $"sha-256=:{Convert.ToBase64String(digest)}:");
        if (fresh) request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        using var response = await session.Clients.Http("registry").SendAsync(request, ct);
        var stored = JsonSerializer.Deserialize<RawFile>(await response.Content.ReadAsStringAsync(ct), ApiJson.Options)!;
        if (session.Terminal.Json) session.Terminal.WriteJson(stored);
        else
        {
            session.Terminal.Line(
                $"[green]✓[/] {Terminal.Safe(stored.Repository)}/{Terminal.Safe(stored.Path)}  "
                    + $"{Amounts.Size(stored.SizeBytes)}  [dim]{Terminal.Safe(stored.Digest)}[/]");
            var address = new Uri(session.Clients.Instance.Endpoints["registry"], stored.Url.TrimStart('/'));
            session.Terminal.Line($"  [dim]{Terminal.Safe(address.ToString())}[/]");
        }

        return ExitCode.Ok;
    }
}
