using Auxo.ServiceDefaults;

namespace Auxo.Notify.Readers;

/// <summary>422: a reader cannot be like that.</summary>
public sealed class InvalidReaderException(string detail) : AuxoException("reader/invalid", 422, detail);

/// <summary>404: nothing is known of her.</summary>
public sealed class NoSuchReaderException(string name)
    : AuxoException(
        "reader/not-found", 404,
        $"Nothing is known of how '{name}' reads notifications. 'auxo notify people' shows who is known, 'auxo notify prefs set' says it.");

/// <summary>403: somebody else's, or what only administrators say.</summary>
public sealed class NotYourReaderException(string detail) : AuxoException("reader/not-yours", 403, detail);

/// <summary>409: a service account reads nothing.</summary>
public sealed class NobodyIsSelfException() : AuxoException(
    "reader/no-person", 409,
        "This token is a service account's, which reads no notifications. Name a person: 'auxo notify prefs show NAME'.");

/// <summary>409: routes lead to her.</summary>
public sealed class ReaderInUseException(string name, IEnumerable<string> routes)
    : AuxoException("reader/in-use", 409, $"Routes lead to '{name}': {string.Join(", ", routes)}. Change or remove them first.");
