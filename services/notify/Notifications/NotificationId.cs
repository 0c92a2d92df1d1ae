using System.Globalization;

using Auxo.Contracts;
using Auxo.Notify.Deliveries;

namespace Auxo.Notify.Notifications;

/// <summary>
/// Ids that follow from what has happened and not from the message that says it. An instance that was restored looks at the
/// last pushes again and says it in new messages; who heard it from the lost one gets the same <c>webhook-id</c> once more, and
/// knows it.
/// </summary>
public static class NotificationId
{
    /// <summary>
    /// Of a build's end. Another attempt is another build; the same one that ends in another way after a restore is news.
    /// </summary>
    public static Guid Of(BuildFinished m) => Of(NotificationTypes.Of(m.Outcome), m.Subject.BuildId.ToString());

    /// <summary>Of a new patch.</summary>
    public static Guid Of(PatchOpened m) => Of("patch.opened", m.Rid.Value, m.Revision.PatchId.Value);

    /// <summary>Of a revision.</summary>
    public static Guid Of(PatchRevised m)
        => Of("patch.revised", m.Rid.Value, m.Revision.PatchId.Value, m.Revision.RevisionId.Value, m.Revision.Head.Value);

    /// <summary>Of a merge.</summary>
    public static Guid Of(PatchMerged m) => Of("patch.merged", m.Rid.Value, m.PatchId.Value, m.Commit.Value);

    /// <summary>Of a patch's end; it may be opened and closed again.</summary>
    public static Guid Of(PatchArchived m) => Of("patch.archived", m.Rid.Value, m.PatchId.Value, Ticks(m.At));

    /// <summary>Of a failure.</summary>
    public static Guid Of(FailureDetected m) => Of("failure.detected", m.Rid.Value, m.FailureId, Ticks(m.At));

    /// <summary>Of a failure's end; it may begin and end again.</summary>
    public static Guid Of(FailureRecovered m) => Of("failure.recovered", m.Rid.Value, m.FailureId, Ticks(m.At));

    /// <summary>Of the wish that owners look at a patch; there is one for each patch.</summary>
    public static Guid Of(ReviewWanted m) => Of(NotificationTypes.ReviewWanted, m.Rid.Value, m.PatchId.Value);

    /// <summary>Of a merge without a pass.</summary>
    public static Guid Of(MergedWithoutPass m)
        => Of(NotificationTypes.MergedWithoutPass, m.Rid.Value, m.PatchId.Value, m.Commit.Value);

    /// <summary>Of a schedule that was missed.</summary>
    public static Guid Of(ScheduleMissed m) => Of(NotificationTypes.ScheduleMissed, m.Rid.Value, m.Schedule, Ticks(m.Slot));

    /// <summary>Of what is wrong with the privacy of a repository; it may come back.</summary>
    public static Guid Of(PrivacyViolated m) => Of(NotificationTypes.Exposed, m.Rid.Value, m.Text, Ticks(m.At));

    /// <summary>Of the end of it.</summary>
    public static Guid Of(PrivacyRestored m) => Of(NotificationTypes.PrivateAgain, m.Rid.Value, Ticks(m.At));

    /// <summary>Of severe findings; a commit may bring some more than once.</summary>
    public static Guid Of(SevereFindingsFound m) => Of(NotificationTypes.SecurityFound, m.Rid.Value, Ticks(m.At));

    /// <summary>Of a move of a repository's health; it may come back.</summary>
    public static Guid Of(HealthChanged m)
        => Of("health", m.Rid.Value, m.Score.ToString(CultureInfo.InvariantCulture), Ticks(m.At));

    /// <summary>Of a report.</summary>
    public static Guid Of(ReportPublished m) => Of("report", m.Kind, m.ReportId);

    /// <summary>Of an alert of Auxo's own.</summary>
    public static Guid Of(AlertRaised m) => Of(NotificationTypes.AlertRaised, m.AlertId, Ticks(m.At));

    /// <summary>Of its end.</summary>
    public static Guid Of(AlertCleared m) => Of(NotificationTypes.AlertCleared, m.AlertId, Ticks(m.At));

    private static Guid Of(string type, params string[] parts) => DeliveryId.OfNotification(type, string.Join('\n', parts));

    private static string Ticks(DateTimeOffset at) => at.UtcTicks.ToString(CultureInfo.InvariantCulture);
}
