using System.IO.Enumeration;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Execution;

namespace Auxo.Pipeline.StepSecrets;

/// <summary>Decides whether a step of a build is given a secret.</summary>
/// <param name="Repository">The repository as a command names it.</param>
/// <param name="DefaultBranch">Its default branch.</param>
/// <param name="Trigger">What caused the build.</param>
/// <param name="Ref">The branch or tag.</param>
/// <param name="Trust">Of the author.</param>
/// <param name="IsHead">The head of the default branch is built.</param>
public sealed partial record SecretRelease(
    string Repository, string DefaultBranch, BuildTrigger Trigger, string Ref, Trust Trust, bool IsHead)
{
    private const string Tags = "refs/tags/";

    /// <summary>As a build asks.</summary>
    /// <param name="build">The build.</param>
    /// <param name="defaultBranch">The default branch of its repository.</param>
    public static SecretRelease Of(Build build, string defaultBranch)
        => new(
            Plain().IsMatch(build.Subject.RepositoryName) ? build.Subject.RepositoryName : build.Subject.Rid.Value, defaultBranch,
            build.Subject.Trigger, build.Subject.Ref, build.Trust, build.Canonical == build.Subject.Commit);

    /// <summary>What to say where there is no such secret.</summary>
    public string Missing(string name) => $"there is no secret {name} for this repository: {Set(name)}";

    /// <summary>What to say of one whose value cannot be decrypted.</summary>
    public string Unreadable(string name)
        => $"the key of the secret {name} is not in this instance's secrets.key: put that back, or {Set(name)}";

    /// <summary>Why the step is not given it, and what to do, in one line; null when it is.</summary>
    public string? Refuse(StepSecret secret, string step)
    {
        if (Trust != Trust.Trusted && secret.Patches != SecretPatches.Approved)
            return $"the secret {secret.Name} is not for strangers, approved or not: {Widen(secret, patches: SecretPatches.Approved)}";
        if (Trust != Trust.Trusted && Trigger != BuildTrigger.Patch)
            return $"the secret {secret.Name} is for strangers' patches only, not for what somebody builds by hand";
        if (Trigger == BuildTrigger.Patch && secret.Patches == SecretPatches.None)
            return $"the secret {secret.Name} is not for patches: {Widen(secret, patches: SecretPatches.Trusted)}";
        // What is built by hand may be called anything; only what the default branch holds is known to be of it.
        if (Trigger == BuildTrigger.Manual && !(IsHead && IsForBranch(secret, DefaultBranch)))
            return $"a build by hand is given the secret {secret.Name} only where it builds the head of {Shown(DefaultBranch)}; "
                + "run the build of the push again instead: auxo ci rerun";
        if (Trigger is BuildTrigger.Branch or BuildTrigger.Schedule && !IsForBranch(secret, Ref))
            return $"the secret {secret.Name} is not for branch {Shown(Ref)}: {Widen(secret, branch: Ref)}";
        if (Trigger == BuildTrigger.Tag && secret.Branches.Count > 0 && !Any(OfTags(secret), Ref))
            return $"the secret {secret.Name} is not for tag {Shown(Ref)}: {Widen(secret, branch: Tags + Ref)}";
        return secret.Steps.Count == 0 || secret.Steps.Any(
            pattern => FileSystemName.MatchesSimpleExpression(pattern, step, ignoreCase: false))
            ? null
            : $"the secret {secret.Name} is not for the step {step}: {Widen(secret, step: step)}";
    }

    private bool IsForBranch(StepSecret secret, string branch)
        => secret.Branches.Count == 0
            ? branch == DefaultBranch
            : Any(secret.Branches.Where(static pattern => !pattern.StartsWith(Tags, StringComparison.Ordinal)), branch);

    private static IEnumerable<string> OfTags(StepSecret secret)
        => secret.Branches.Where(static pattern => pattern.StartsWith(Tags, StringComparison.Ordinal))
            .Select(static pattern => pattern[Tags.Length..]);

    /// <summary>A branch's name has no folders that a pattern would look in: <c>main</c> is not <c>old/main</c>.</summary>
    private static bool Any(IEnumerable<string> patterns, string name)
        => PathPatterns.Of([.. patterns.Select(static pattern => "/" + pattern)]).Match(name);

    private string Set(string name) => $"auxo secret set {name} --repository {Repository}";

    /// <summary>The command that gives it to one more, and keeps all that was said of it: what is not said again would be gone.</summary>
    private string Widen(StepSecret secret, string? branch = null, string? step = null, SecretPatches patches = SecretPatches.None)
    {
        var branches = branch is null || secret.Branches.Count > 0 ? secret.Branches : [DefaultBranch, Tags + "**"];
        string[] options =
        [
            .. branches.Append(branch).OfType<string>().Select(static pattern => $" --branch {Word(pattern)}"),
            .. secret.Steps.Append(step).OfType<string>().Select(static pattern => $" --step {Word(pattern)}"),
            (patches > secret.Patches ? patches : secret.Patches) switch
            {
                SecretPatches.Approved => " --stranger-approved",
                SecretPatches.Trusted => " --patches",
                _ => "",
            },
        ];
        return Set(secret.Name) + string.Concat(options);
    }

    private static string Shown(string name) => PlainText.OneLine(name, 80);

    /// <summary>A name as a shell takes it: people copy what they read.</summary>
    private static string Word(string name) => Plain().IsMatch(name) ? name : StepScript.Quote(Shown(name));

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._/-]*\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Plain();
}
