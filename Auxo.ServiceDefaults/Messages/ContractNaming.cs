using Auxo.Contracts;

using Wolverine.Util;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>The names on the wire are those of <see cref="MessageRoutes"/>.</summary>
public sealed class ContractNaming : IMessageTypeNaming
{
    /// <inheritdoc/>
    public bool TryDetermineName(Type messageType, out string messageTypeName)
    {
        messageTypeName = MessageRoutes.ByType.GetValueOrDefault(messageType)?.Name ?? "";
        return messageTypeName.Length > 0;
    }
}
