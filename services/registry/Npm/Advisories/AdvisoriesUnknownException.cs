namespace Auxo.Registry.Npm.Advisories;

/// <summary>
/// What is known against packages cannot be said. An answer without advisories would say that there are none, so it is an error, whose
/// words clients show: 404 where upstream has no such function (pnpm explains that in words of its own), else 502.
/// </summary>
public sealed class AdvisoriesUnknownException : AuxoException
{
    private AdvisoriesUnknownException(string type, int status, string detail, Exception? inner)
        : base(type, status, detail, inner)
    {
    }

    /// <summary>Upstream answered, but not that.</summary>
    internal static AdvisoriesUnknownException Refused(string repository, string upstream, int status) => status is 404 or 405 or 410 or 501
        ? new("npm/no-advisories", StatusCodes.Status404NotFound,
            $"{upstream}, of which '{repository}' is a mirror, has no advisories (it answered {status}): nothing is known, good or bad. "
                + "Ask a registry that has them: npm audit --registry ADDRESS", null)
        : new("npm/advisories-refused", StatusCodes.Status502BadGateway,
            $"{upstream}, of which '{repository}' is a mirror, refuses to say what is known against packages (it answered {status}): "
                + "nothing is known, good or bad. A mirror asks without a token; ask another registry: npm audit --registry ADDRESS", null);

    /// <summary>Upstream cannot be asked, or what it says cannot be read.</summary>
    internal static AdvisoriesUnknownException Away(string repository, string reason, Exception? inner)
        => new("npm/advisories-away", StatusCodes.Status502BadGateway,
            $"What is known against packages cannot be asked now: upstream of '{repository}': {reason}. Nothing is known, good or "
                + "bad. Try again in a while; 'auxo mirror status' shows how it is.", inner);
}
