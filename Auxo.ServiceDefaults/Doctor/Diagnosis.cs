using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.ServiceDefaults.Doctor;

/// <summary>How well something is.</summary>
public enum Health
{
    /// <summary>As it should be.</summary>
    Fine,

    /// <summary>Auxo works, with less than it could have; or it is worth knowing.</summary>
    Warning,

    /// <summary>Something of Auxo does not work.</summary>
    Trouble,
}

/// <summary>What was looked at, and what was found.</summary>
/// <param name="Name">What, in one or two words.</param>
/// <param name="State">How well.</param>
/// <param name="Text">For people, on one line; never a secret.</param>
/// <param name="Next">Exactly what to do; null when nothing is to be done.</param>
public sealed record Diagnosis(string Name, Health State, string Text, string? Next = null);

/// <summary>What a part of Auxo found out about what it needs.</summary>
public sealed record DiagnosisAnswer(IReadOnlyList<Diagnosis> Items, string? Next = null);

/// <summary>
/// Every part of Auxo judges what it needs itself: over HTTP while it runs (that is the environment that counts), by its
/// program (<c>Auxo.Pipeline diagnose</c>) while it does not. <c>auxo doctor</c> puts the answers together.
/// </summary>
public static class Diagnose
{
    /// <summary>The word by which a program only looks, prints JSON and ends.</summary>
    public const string Word = "diagnose";

    /// <summary>Looks, prints and ends with 0.</summary>
    public static async Task<int> PrintAsync(Func<CancellationToken, Task<IReadOnlyList<Diagnosis>>> look)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Console.WriteLine(JsonSerializer.Serialize(new DiagnosisAnswer(await look(limit.Token)), PrintedJson.Default.DiagnosisAnswer));
        return 0;
    }

    /// <summary>The first line that a tool prints; null when it is not installed, fails or takes longer than five seconds.</summary>
    public static async Task<string?> FirstLineAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken ct, IReadOnlyDictionary<string, string>? environment = null)
        => (await OutputAsync(program, arguments, ct, environment))?.Split('\n')[0].Trim();

    /// <summary>All that a tool prints; null when it is not installed, fails or takes longer than five seconds.</summary>
    public static async Task<string?> OutputAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken ct, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            foreach (var (name, value) in environment
                ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                _ = process.StandardError.ReadToEndAsync(limit.Token);
                var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0 ? output : null;
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (
            e is System.ComponentModel.Win32Exception or OperationCanceledException or IOException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DiagnosisAnswer))]
internal sealed partial class DoctorJson : JsonSerializerContext;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DiagnosisAnswer))]
internal sealed partial class PrintedJson : JsonSerializerContext;
