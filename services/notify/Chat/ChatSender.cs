using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Senders;

namespace Auxo.Notify.Chat;

/// <summary>Puts cards into a chat.</summary>
public sealed class ChatSender(ChatService service, GuardedPost post) : ISender
{
    /// <inheritdoc/>
    public ChannelKind Kind => service.Kind;

    /// <summary>One after the other: people read them in the order in which they come, and all services count by the second.</summary>
    public int AtOnce => 1;

    /// <inheritdoc/>
    public Task<SendResult> SendAsync(BegunDelivery delivery, ChannelSettings settings, TimeSpan limit, CancellationToken ct)
        => post.SendAsync(
            service.Method, service.Address(settings.Chat!, delivery.Id),
            service.Write(Card.Of(delivery.Notification) with { Form = delivery.Form }, settings.Chat!),
            [], settings.Chat!.Token, (answer, now) => ChatAnswer.Result(service, answer, now), limit, ct);
}
