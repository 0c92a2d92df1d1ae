using System.Globalization;

using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Doctor;

using Diagnosis = Auxo.ServiceDefaults.Doctor.Diagnosis;

namespace Auxo.Console.Serving;

/// <summary><c>GET /diagnosis</c>: for <c>auxo doctor</c>, from this machine.</summary>
internal static class DiagnoseConsole
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/diagnosis", static (IServiceProvider provider, TimeProvider time) => TypedResults.Ok(new DiagnosisAnswer(
            provider.GetService<TlsCertificate>() is { } certificate ? [Of(certificate.Until, time.GetUtcNow())] : [])))
            .WithName("DiagnoseConsole").RequireScopeUnlessLoopback(AccessToken.Admin);

    /// <summary>How well it stands with a certificate that ends then.</summary>
    internal static Diagnosis Of(DateTimeOffset until, DateTimeOffset now)
    {
        var day = until.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        const string next = "renew it and write the files of Auxo__Console__Tls__Certificate and …__Key; nothing is restarted";
        return until <= now ? new Diagnosis("certificate", Health.Trouble, $"of the console ended on {day}", next)
            : until - now < Soon ? new Diagnosis("certificate", Health.Warning, $"of the console ends on {day}", next)
            : new Diagnosis("certificate", Health.Fine, $"of the console ends on {day}");
    }
}
