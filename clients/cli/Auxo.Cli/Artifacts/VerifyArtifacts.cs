using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;

using Auxo.Cli.Output;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Artifacts;

/// <summary>
/// <c>auxo artifacts verify FILE…</c>: from the files, a signed statement and a key alone, without any network and without an
/// Auxo.
/// </summary>
internal static class VerifyArtifacts
{
    /// <summary>Where <c>artifacts get --provenance</c> puts the statement.</summary>
    public const string UsualFile = "provenance.dsse.json";

    /// <summary>Of a repository: the keys whose word counts, one a line.</summary>
    public const string KeysFile = ".auxo/provenance.keys";

    private const string StatementType = "application/vnd.in-toto+json";
    private const int MostBytes = 16 << 20;

    public static Command Create(CliHost host)
    {
        var files = new Argument<string[]>("file") { Description = "The files", Arity = ArgumentArity.OneOrMore };
        var statement = new Option<string?>("--provenance")
        {
            Description = $"The signed statement; by default {UsualFile} beside the first file or above it",
        };
        var key = new Option<string[]>("--key")
        {
            Description = $"Whose signature counts, did:key:… (auxo artifacts key; may be repeated); by default those in {KeysFile}",
        };
        return new Command("verify",
            "Check files against the signed statement where they came from, without a network; exit 1 unless all fit")
            { files, statement, key }.Does(host, async (parsed, session, ct) =>
        {
            var paths = parsed.GetRequiredValue(files).Select(f => Path.GetFullPath(f, host.WorkingFolder)).ToList();
            var from = parsed.GetValue(statement) is { } named
                ? Path.GetFullPath(named, host.WorkingFolder) : Nearest(paths[0]);
            var provenance = Read(from, await KeysAsync(host, parsed.GetValue(key) ?? [], ct));
            var results = new List<(string Path, string Digest, string? Name)>();
            foreach (var path in paths)
            {
                await using var content = File.OpenRead(path);
                var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
                results.Add((path, digest, provenance.Subjects.GetValueOrDefault(digest)));
            }

            Show(session, provenance, results);
            return results.TrueForAll(static r => r.Name is not null) ? ExitCode.Ok : ExitCode.Negative;
        });
    }

    private static void Show(Session session, SignedProvenance provenance, List<(string Path, string Digest, string? Name)> results)
    {
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(new
            {
                signer = provenance.Signer, provenance.Repository, provenance.Commit, provenance.Author, provenance.Build,
                files = results.Select(static r => new { r.Path, digest = "sha256:" + r.Digest, r.Name, fits = r.Name is not null }),
            });
            return;
        }

        foreach (var (path, digest, name) in results)
        {
            session.Terminal.Line(name is not null
                ? $"[green]✓[/] {Terminal.Safe(Path.GetFileName(path))} is {Terminal.Safe(name)}, sha256 {digest[..12]}…"
                : $"[red]✗[/] {Terminal.Safe(Path.GetFileName(path))} is not in the statement: sha256 {digest[..12]}…");
        }

        session.Terminal.Line($"  built from {Terminal.Safe(provenance.Repository)} at {Terminal.Safe(Words.Short(provenance.Commit))}"
            + (provenance.Author is { } author ? $" by {Terminal.Safe(author)}" : "") + $", build {Terminal.Safe(provenance.Build)}");
        session.Terminal.Line($"  says {Terminal.Safe(provenance.Signer)}");
    }

    /// <summary>
    /// <c>artifacts get</c> keeps the folders of an artifact's name and puts the statement above them. Which one is
    /// found matters little: its signature decides. With none anywhere, the message names the place beside the file.
    /// </summary>
    private static string Nearest(string file)
    {
        var beside = Path.GetDirectoryName(file)!;
        for (var folder = beside; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, UsualFile))) return Path.Combine(folder, UsualFile);
        }

        return Path.Combine(beside, UsualFile);
    }

    private static SignedProvenance Read(string path, IReadOnlyList<Did> keys)
    {
        if (new FileInfo(path) is not { Exists: true, Length: <= MostBytes }) throw new CliException(
            ExitCode.Negative, $"{path} is not there, or larger than a statement is.",
            "'auxo artifacts get REPOSITORY --provenance' fetches it; --provenance names it.");
        try
        {
            return SignedStatement.Open(File.ReadAllBytes(path), StatementType, keys) is { } opened
                ? SignedProvenance.Of(opened.Payload, opened.Signer)
                : throw new CliException(ExitCode.Negative, $"{path} is not signed by a key that counts here.",
                    "It was changed, or another registry signed it: compare 'auxo artifacts key' there with the keys here.");
        }
        catch (JsonException e)
        {
            throw new CliException(ExitCode.Negative, $"{path} is no signed statement: {e.Message}");
        }
    }

    private static async Task<IReadOnlyList<Did>> KeysAsync(CliHost host, string[] named, CancellationToken ct)
    {
        var file = Path.Combine(host.WorkingFolder, KeysFile);
        var lines = named.Length > 0 ? named
            : File.Exists(file) ? await File.ReadAllLinesAsync(file, ct)
            : throw new CliException(ExitCode.Usage, "Whose signature shall count?",
                $"Name it: --key did:key:…, or write it into {KeysFile}. 'auxo artifacts key' shows it where the registry runs.");
        return [.. lines.Select(static line => line.Split('#')[0].Trim()).Where(static line => line.Length > 0).Select(
            static line => Did.TryParse(line, provider: null, out var did) && RadicleKey.IsKey(did)
                ? did : throw new CliException(ExitCode.Usage, $"'{TamedText.OneLine(line)}' is no key.", "It looks like did:key:z6Mk…"))];
    }
}
