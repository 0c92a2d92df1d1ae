namespace Auxo.Reports.Reading;

/// <summary>The content is not what its format asks for. Becomes a <see cref="ReportException"/> with the name of the file.</summary>
internal sealed class ContentException(string message) : Exception(message);
