using Auxo.Registry.Packages;
using Auxo.Registry.Packages.Uploading;
using Auxo.Registry.PyPi.Versions;
using Auxo.Registry.Repositories;

namespace Auxo.Registry.PyPi.Uploading;

/// <summary>What is let in, and what is said to the rest.</summary>
internal static class UploadRules
{
    /// <summary>Which file an upload is; null with what is wrong with it.</summary>
    public static (DistributionFile? File, string? Refusal) Check(UploadForm form)
    {
        if (form[":action"] is not "file_upload" || form["protocol_version"] is not (null or "1"))
            return (null, "Only ':action=file_upload' with 'protocol_version=1' is known here.");
        if (form.Content is null) return (null, "The form has no part 'content' with the file in it.");
        if (form["name"] is not { } name || form["version"] is not { } version) return (null, "The form has no 'name' or no 'version'.");
        if (ProjectName.Refuse(name) is { } wrongName) return (null, wrongName);
        if (PythonVersion.Parse(version) is not { } parsed)
            return (null, "'version' is no version of Python's (PEP 440), such as 1.0, 1.0rc1 or 1.0.post1.");
        if (DistributionFile.Parse(form.FileName ?? "", out var refusal) is not { } file) return (null, refusal);
        if (form["filetype"] != (file.IsWheel ? "bdist_wheel" : "sdist"))
            return (null, "'filetype' is 'bdist_wheel' for a '.whl' and 'sdist' for a '.tar.gz'; others are not taken.");
        return ProjectName.Normalize(name) == file.Project && parsed.Equals(file.Version)
            ? (file, null)
            : (null, $"The file's name says {file.Project} {file.Version}, the form says {ProjectName.Normalize(name)} {parsed}. "
                + "Do not rename what was built.");
    }

    /// <summary>
    /// A release has one source distribution, and one wheel of each build and platform: of two that differ only in how their names
    /// are spelt, each client would take another.
    /// </summary>
    public static string? RefuseTwin(StoredPackage? known, DistributionFile file)
        => known?.Versions.SelectMany(static v => v.Files).Select(static f => DistributionFile.Parse(f.Name, out _))
            .FirstOrDefault(f => f is not null && f.FileName != file.FileName && f.IsWheel == file.IsWheel && f.Build == file.Build
                && f.Version.Equals(file.Version)) is { } twin
            ? $"File already exists: {twin.FileName} is the same distribution under another spelling of its name."
            : null;

    /// <summary>The release that a file joins, whose version may be spelt in another way; else its own.</summary>
    public static string VersionOf(StoredPackage? known, DistributionFile file)
        => known?.Versions.FirstOrDefault(v => file.Version.Equals(PythonVersion.Parse(v.Version)))?.Version ?? file.Version.Normal;

    public static UploadAnswer Answer(PublishOutcome outcome, RegistryRepository repository, DistributionFile file) => outcome switch
    {
        PublishOutcome.Published or PublishOutcome.SameContent => new UploadAnswer(StatusCodes.Status200OK, ""),
        PublishOutcome.AlreadyThere => new UploadAnswer(StatusCodes.Status400BadRequest,
            $"File already exists: {file.FileName} is there with another content, and is never replaced. Raise the version."),
        PublishOutcome.WasRemoved => new UploadAnswer(StatusCodes.Status400BadRequest,
            $"{file.Project} {file.Version} was removed, and neither its version nor its files' names ever come back. Raise the version."),
        PublishOutcome.NoRoom => new UploadAnswer(StatusCodes.Status413PayloadTooLarge,
            $"'{repository.Name}' may hold {repository.QuotaBytes} bytes and has no room for this. "
                + "Remove releases, or raise its quota."),
        _ => new UploadAnswer(StatusCodes.Status503ServiceUnavailable, "The file was not kept in time. Upload it again."),
    };
}
