using System.Text;

namespace Auxo.Owners;

/// <summary>The lines of a file that somebody wrote, and what comes of them.</summary>
internal abstract class OwnersLines
{
    private const int MostProblems = 200;
    private readonly List<OwnersRule> _rules = [];
    private readonly List<OwnersProblem> _problems = [];

    public IReadOnlyList<OwnersRule> Rules => _rules;

    public IReadOnlyList<OwnersProblem> Problems => _problems;

    /// <summary>Reads all lines. One that cannot be read is a problem and has no effect.</summary>
    public void Read(string text)
    {
        var number = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var line = text.AsSpan()[range].Trim(" \t\r");
            if (line.IsEmpty || line[0] == '#') continue;
            if (line.Contains('\0')) Error(number, "there is a zero byte in it: it is no text");
            else Read(number, line.ToString());
        }
    }

    /// <summary>A line that is not empty and no comment, without space around it.</summary>
    protected abstract void Read(int number, string line);

    protected void Add(OwnersRule rule) => _rules.Add(rule);

    protected void Error(int line, string message) => Report(new OwnersProblem(line, IsError: true, message));

    protected void Warning(int line, string message) => Report(new OwnersProblem(line, IsError: false, message));

    /// <summary>Words are parted by space that no backslash stands before; backslashes stay.</summary>
    protected static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] is ' ' or '\t')
            {
                if (word.Length > 0) words.Add(word.ToString());
                word.Clear();
                continue;
            }

            word.Append(line[i]);
            if (line[i] == '\\' && i + 1 < line.Length) word.Append(line[++i]);
        }

        if (word.Length > 0) words.Add(word.ToString());
        return words;
    }

    /// <summary>A word of the file as part of a message: short.</summary>
    protected static string Shown(string word) => word.Length > 60 ? word[..59] + "…" : word;

    private void Report(OwnersProblem problem)
    {
        if (_problems.Count < MostProblems) _problems.Add(problem);
        else if (_problems.Count == MostProblems) _problems.Add(new OwnersProblem(0, IsError: true,
            "there may be more problems; mend these first"));
    }
}
