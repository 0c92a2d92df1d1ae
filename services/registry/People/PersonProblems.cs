using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.People;

/// <summary>What can be wrong with a request about a person.</summary>
internal static class PersonProblems
{
    public static ProblemHttpResult NotFound(string name) => AuxoProblem.NotFound(
        "person/not-found", $"There is no person called '{(name.Length > 40 ? name[..39] + "…" : name)}'. 'auxo people list' shows all.");

    public static ProblemHttpResult NameTaken(string name) => AuxoProblem.Conflict(
        "person/name-taken", $"'{name}' is taken, by a person or by an account that holds tokens. Choose another name.");

    public static ProblemHttpResult KeyTaken(string key) => AuxoProblem.Conflict(
        "person/key-taken", $"{key} is the key of somebody else, and one key is one person's. Take it from her first.");
}
