namespace Auxo.Registry.Publishing;

/// <summary>There may be files to fetch. Stays in this process, and may be lost: the worker looks by itself every few seconds.</summary>
public sealed record FilesRequested;

/// <summary>Wakes the worker after the commit that recorded the wish.</summary>
public static class FilesRequestedHandler
{
    /// <summary>Wakes it.</summary>
    public static void Handle(FilesRequested message, PublishWorker worker)
    {
        _ = message;
        worker.Wake();
    }
}
