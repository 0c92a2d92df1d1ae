using Auxo.ServiceDefaults;

namespace Auxo.Notify.Channels;

/// <summary>422: a channel cannot be like that.</summary>
public sealed class InvalidChannelException(string detail) : AuxoException("channel/invalid", 422, detail);

/// <summary>404: there is no such channel.</summary>
public sealed class NoSuchChannelException(string name)
    : AuxoException("channel/not-found", 404, $"There is no channel '{name}'. 'auxo notify channels' shows what there is.");

/// <summary>409: routes lead there.</summary>
public sealed class ChannelInUseException(string name, IEnumerable<string> routes)
    : AuxoException(
        "channel/in-use", 409, $"Routes lead to the channel '{name}': {string.Join(", ", routes)}. Change or remove them first.");
