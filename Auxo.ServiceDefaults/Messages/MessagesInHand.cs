using System.IO.MemoryMappedFiles;

using Auxo.Instances;

using Microsoft.Extensions.Configuration;

using Wolverine;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>
/// The ids of the messages that handlers work on at this moment, in a mapped file: what the operating system keeps when the process is
/// killed. Writing one costs a store to memory. Without <c>AUXO_HOME</c> nothing is noted.
/// </summary>
public sealed class MessagesInHand(IConfiguration configuration, ServiceIdentity service) : IDisposable
{
    private const int IdLength = 16;
    private const int Slots = 64;
    private MemoryMappedFile? _file;
    private MemoryMappedViewAccessor? _view;
    private readonly Guid[] _held = new Guid[Slots];
    private readonly Lock _gate = new();

    /// <summary>
    /// Reads what the process before this one left, and notes from now on. Only the one process of a service may do this: another
    /// one's marks would be lost.
    /// </summary>
    public void TakeOver()
    {
        if (configuration["AUXO_HOME"] is not { Length: > 0 } home) return;
        var layout = new InstanceLayout(home);
        PrivateFiles.MakeFolder(layout.InHand);
        var path = Path.Combine(layout.InHand, service.Name);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, mapName: null, Slots * IdLength);
        _view = _file.CreateViewAccessor();
        for (var slot = 0; slot < Slots; slot++)
        {
            if (Read(slot) is var id && id != Guid.Empty) LeftBehind.Add(id);
            Write(slot, Guid.Empty);
        }
    }

    /// <summary>What the process before this one had in hand when it ended.</summary>
    public HashSet<Guid> LeftBehind { get; } = [];

    public void Take(Guid id)
    {
        if (_view is null) return;
        lock (_gate)
        {
            var slot = Array.IndexOf(_held, Guid.Empty);
            if (slot >= 0) Write(slot, id);
        }
    }

    public void PutDown(Guid id)
    {
        if (_view is null) return;
        lock (_gate)
        {
            var slot = Array.IndexOf(_held, id);
            if (slot >= 0) Write(slot, Guid.Empty);
        }
    }

    public void Dispose()
    {
        _view?.Dispose();
        _file?.Dispose();
    }

    private Guid Read(int slot)
    {
        _view!.Read(slot * IdLength, out Guid id);
        return id;
    }

    private void Write(int slot, Guid id)
    {
        _held[slot] = id;
        _view!.Write(slot * IdLength, ref id);
    }
}

/// <summary>Notes around every handler which message it works on.</summary>
public static class InHandMiddleware
{
    /// <summary>Before the handler.</summary>
    public static void Before(Envelope envelope, MessagesInHand hand) => hand.Take(envelope.Id);

    /// <summary>After it, however it ended.</summary>
    public static void Finally(Envelope envelope, MessagesInHand hand) => hand.PutDown(envelope.Id);
}
