using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Deployments;

/// <summary>Records a deployment; the same id again changes nothing.</summary>
public static class RecordDeploymentHandler
{
    /// <summary>Something was deployed.</summary>
    public static Events Handle(
        DeploymentReported message,
        [WriteAggregate(FromMethod = nameof(KeyOfDeploymentReported), Required = false)] Deployment? deployment)
        => deployment is null ? [Event(message)] : [];

    /// <summary>The deployment's stream.</summary>
    public static string KeyOfDeploymentReported(DeploymentReported message)
        => Deployment.StreamKey(message.Rid, PlainText.Of(message.DeploymentId));

    internal static DeploymentEvent.Deployed Event(DeploymentReported m) => new(
        m.Rid, PlainText.Of(m.DeploymentId), PlainText.Of(m.Environment), m.Commit, [.. m.Patches.Distinct()], m.Succeeded, m.Kind,
        m.RolloutId is null ? null : PlainText.Of(m.RolloutId), m.Remediates is null ? null : PlainText.Of(m.Remediates), m.At);
}
