namespace Auxo.Contracts;

/// <summary>A notification was given up: it did not reach its channel. It is kept, and can be replayed.</summary>
/// <param name="DeliveryId">The delivery, and its <c>webhook-id</c>.</param>
/// <param name="Channel">The channel that did not get it.</param>
/// <param name="Type">What about, such as <c>build.failed</c>.</param>
/// <param name="Reason">One line for people.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="At">When it was given up.</param>
public sealed record NotificationAbandoned(string DeliveryId, string Channel, string Type, string Reason, int Attempts, DateTimeOffset At);
