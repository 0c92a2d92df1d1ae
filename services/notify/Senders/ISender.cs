using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;

namespace Auxo.Notify.Senders;

/// <summary>
/// One way to deliver. Called from one process at a time per channel, outside of any transaction; it must keep to its limit of
/// time by itself.
/// </summary>
public interface ISender
{
    /// <summary>Which channels it serves.</summary>
    ChannelKind Kind { get; }

    /// <summary>How many deliveries to one channel it makes at once.</summary>
    int AtOnce { get; }

    /// <summary>
    /// Delivers. May be called again with the same id, when it is not known whether the first call arrived. What fails is said
    /// by the result; an exception is a defect, but for the cancellation by <paramref name="ct"/>.
    /// </summary>
    Task<SendResult> SendAsync(BegunDelivery delivery, ChannelSettings settings, TimeSpan limit, CancellationToken ct);
}
