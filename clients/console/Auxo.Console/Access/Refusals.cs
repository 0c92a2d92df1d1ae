using System.Security.Cryptography;

using Microsoft.AspNetCore.DataProtection;

namespace Auxo.Console.Access;

/// <summary>
/// Why a service refused what a form asked for, on its way through the address of the page that says it. It is sealed for who asked,
/// for a short time: a link that somebody else makes up cannot put words into this console's mouth.
/// </summary>
internal sealed class Refusals(IDataProtectionProvider protection)
{
    /// <summary>The name in the query.</summary>
    public const string Name = "refused";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>Such as <c>refused=CfDJ8…</c>.</summary>
    public string Query(HttpContext http, ServiceException refusal) => $"{Name}={Sealed(http, refusal)}";

    /// <summary>What a service said, so that nobody else can have written it.</summary>
    public string Sealed(HttpContext http, ServiceException refusal) => Sealer(http).Protect(refusal.Message, Life);

    /// <summary>What a service said; null when nothing was refused, or somebody else wrote it, or long ago.</summary>
    public string? Read(HttpContext http)
    {
        if (http.Request.Query[Name].ToString() is not { Length: > 0 } text) return null;
        try
        {
            return Sealer(http).Unprotect(text);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private ITimeLimitedDataProtector Sealer(HttpContext http)
        => protection.CreateProtector(typeof(Refusals).FullName!, http.User.Identity?.Name ?? "").ToTimeLimitedDataProtector();
}
