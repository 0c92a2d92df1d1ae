namespace Auxo.Contracts;

/// <summary>What each message is called on the wire; see <see cref="MessageRoutes"/>.</summary>
public static class MessageNames
{
    /// <summary>All of them: <c>o.MapMessages(ContractsJson.Default, MessageNames.All)</c>.</summary>
    public static IReadOnlyDictionary<Type, string> All { get; }
        = MessageRoutes.All.ToDictionary(static r => r.Message, static r => r.Name);
}
