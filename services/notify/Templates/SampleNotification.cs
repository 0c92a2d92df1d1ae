using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify.Templates;

/// <summary>An imagined notification of each type, to look at a form with. Its words hold what some language takes for markup.</summary>
public static class SampleNotification
{
    private const string Commit = "8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c";
    private const string Author = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";

    /// <summary>One of a type.</summary>
    public static Notification Of(string type, DateTimeOffset at)
    {
        var patch = new PatchFacts("1a2b3c4d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4", null, "Fix the <handshake> & *more*", Author, Commit);
        var sample = new Notification(
            Guid.Empty, type, NotificationTypes.UsualLevel(type), $"heartwood: {type}: Fix the <handshake> & *more* @everyone",
                "one line\nand another",
            at, new RepositoryFacts("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5", "heartwood"), "https://auxo.example.org/builds/1");
        return type.Split('.')[0] switch
        {
            "build" => sample with
            {
                Patch = patch,
                Build = new BuildFacts(
                    Guid.Empty, "00000000", Outcome.Failed, null, BuildTrigger.Patch, "patches/1a2b3c4", Commit, Author, 13.5,
                    [new StepFacts("test", Outcome.Failed, true, 12, "2 of 100 failed")],
                    [new FindingFacts("shellcheck", "SC2086", Severity.Medium, "deploy.sh", 3, "Double quote to prevent globbing", true)],
                    Transition.Broke),
            },
            "patch" => sample with { Patch = patch, Owners = ["@alice"] },
            "alert" => sample with
            {
                Alert = new AlertFacts("DiskFull", new Dictionary<string, string>(StringComparer.Ordinal) { ["severity"] = "warning" },
                    at, null),
            },
            "failure" => sample with { Failure = new FailureFacts("incident-7", "release-41", at) },
            "health" => sample with { Health = new HealthFacts(48, 71, "Critical", "Good") },
            "security" => sample with { Security = new SecurityFacts(3, 1, 2), Owners = ["@alice"] },
            _ => sample,
        };
    }
}
