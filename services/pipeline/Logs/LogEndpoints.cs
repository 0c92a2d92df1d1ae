using Auxo.Pipeline.Logs.Lines;
using Auxo.Pipeline.Reading;
using Auxo.ServiceDefaults.Access;

namespace Auxo.Pipeline.Logs;

/// <summary>The routes of this area.</summary>
public static class LogEndpoints
{
    /// <summary>Adds them; all of them need the scope <c>pipeline:read</c>, or a repository that everybody may read.</summary>
    public static IEndpointRouteBuilder MapLogs(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").RequireScopeOrPublic("pipeline:read", RepositoryOfBuild.FindAsync).WithTags("Logs");
        GetLog.Map(group);
        FollowLog.Map(group);
        FollowBytes.Map(group);
        GetLines.Map(group);
        SearchLog.Map(group);
        GetOutline.Map(group);
        return routes;
    }
}
