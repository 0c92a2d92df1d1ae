namespace Auxo.Reports;

/// <summary>A report cannot be read.</summary>
/// <param name="path">The file.</param>
/// <param name="problem">What is wrong, and where in the file when that is known.</param>
/// <param name="inner">What said so.</param>
public sealed class ReportException(string path, string problem, Exception? inner = null) : Exception($"{path}: {problem}", inner)
{
    /// <summary>What is wrong, without the name of the file.</summary>
    public string Problem => problem;
}
