using Auxo.ServiceDefaults.Faults;

using Marten;
using Marten.Services;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>The two moments around every commit at which a test may kill the process.</summary>
internal sealed class SaveCrashPoints : DocumentSessionListenerBase
{
    public override Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token)
    {
        CrashPoint.Hit("store.saving");
        return Task.CompletedTask;
    }

    public override Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
    {
        CrashPoint.Hit("store.committed");
        return Task.CompletedTask;
    }
}
