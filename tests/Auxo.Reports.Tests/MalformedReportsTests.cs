using System.Text;

using Auxo.Reports.Coverage;
using Auxo.Reports.Findings;
using Auxo.Reports.TestRuns;

namespace Auxo.Reports.Tests;

/// <summary>Reports come from code that may be a stranger's: each is read, or refused with one clear error.</summary>
public sealed class MalformedReportsTests
{
    [Theory]
    [InlineData("", "it.xml", "no report of a known format")]
    [InlineData("hello", "it.xml", "no report of a known format")]
    [InlineData("{}", "it.json", "no report of a known format")]
    [InlineData("<html><body/></html>", "it.xml", "no report of a known format")]
    [InlineData("<testsuite><testcase name='a'", "it.xml", "junit: broken XML at line 1, column")]
    [InlineData("<testsuites><testsuite></testsuites>", "it.xml", "junit: broken XML at line 1, column")]
    [InlineData("<testsuite><testcase name='&lol;'/></testsuite>", "it.xml", "junit: broken XML")]
    [InlineData("{\"runs\": [", "it.sarif", "sarif-2.1.0: broken JSON at line 1")]
    [InlineData("{\"runs\": 7}", "it.sarif", "sarif-2.1.0: it has no list 'runs'")]
    [InlineData("TN:\nDA:1,1\n", "lcov.info", "lcov: line 2 belongs to no file; SF: must come before it")]
    [InlineData("SF:a.c\nDA:x,1\n", "lcov.info", "lcov: line 2 names no line of a file")]
    [InlineData("SF:a.c\nBRDA:1,0\n", "lcov.info", "lcov: line 2 is no branch")]
    [InlineData("mode: set\nnonsense\n", "cover.out", "go-coverprofile: line 2 is no block")]
    [InlineData("<coverage line-rate='1'><packages><package><classes><class/></classes></package></packages></coverage>", "c.xml",
        "cobertura: the class at line 1 has no 'filename'")]
    [InlineData("<coverage><packages><class filename='a'><lines><line number='x'/></lines></class></packages></coverage>", "c.xml",
        "cobertura: <line> at line 1 has no number in 'number'")]
    [InlineData("RuleID,Commit,File,X\na,b\n", "leaks.csv", "gitleaks-csv: row 2 has 2 values where the first has 4")]
    [InlineData("RuleID,Commit,File,X\na,b,\"c", "leaks.csv", "gitleaks-csv: a quoted value has no end")]
    public void what_is_wrong_is_said_with_the_file_and_the_place(string content, string path, string problem)
    {
        var error = Assert.Throws<ReportException>(() => Read(content, path));
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void an_entity_bomb_makes_nothing_larger()
    {
        var bomb = new StringBuilder("<!DOCTYPE testsuite [<!ENTITY a0 \"ha\">");
        for (var i = 1; i < 30; i++) bomb.Append($"<!ENTITY a{i} \"&a{i - 1};&a{i - 1};\">");
        bomb.Append("]><testsuite><testcase name=\"&a29;\"/></testsuite>");
        Assert.Contains(
            "broken XML", Assert.Throws<ReportException>(() => Read(bomb.ToString(), "it.xml")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void an_entity_that_is_a_file_is_not_read()
        => Assert.Throws<ReportException>(() => Read(
            "<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><testsuite><testcase name=\"a\">&x;</testcase></testsuite>",
            "it.xml"));

    [Fact]
    public void a_definition_elsewhere_is_not_asked_for()
        => Assert.Empty(Assert.IsType<CoverageReport>(Read(
            "<!DOCTYPE coverage SYSTEM 'http://127.0.0.1:1/c.dtd'><coverage line-rate='NaN'><packages/></coverage>", "it.xml")).Files);

    [Fact]
    public void elements_in_elements_end_somewhere()
        => Assert.Contains("more than 64 elements in one another", Assert.Throws<ReportException>(() => Read(
            string.Concat(Enumerable.Repeat("<testsuite>", 100_000)), "it.xml")).Message, StringComparison.Ordinal);

    [Fact]
    public void lists_in_lists_end_somewhere()
        => Assert.Throws<ReportException>(() => Read("{\"runs\": " + new string('[', 1_000_000), "it.sarif"));

    [Fact]
    public void a_file_over_the_limit_is_not_read()
        => Assert.Contains("larger than 64 MiB", Assert.Throws<ReportException>(() => ReportFormat.All[0].Read(
            new byte[ReportLimits.Bytes + 1], "it.trx")).Message, StringComparison.Ordinal);

    [Fact]
    public void long_texts_are_cut()
    {
        var report = Assert.IsType<TestReport>(Read(
            $"<testsuite><testcase name='{new string('n', 50_000)}'><failure message='{new string('m', 50_000)}'>"
            + string.Concat(Enumerable.Repeat("a line\n", 50_000)) + "</failure></testcase></testsuite>", "it.xml"));
        var test = Assert.Single(report.Tests);
        Assert.Equal((ReportLimits.Name + 1, ReportLimits.Message + 1), (test.Id.Name.Length, test.Message.Length));
        Assert.InRange(test.Detail.Split('\n').Length, 1, ReportLimits.DetailLines);
    }

    [Fact]
    public void characters_that_xml_forbids_are_read_when_a_test_prints_them()
        => Assert.Equal("\u001b[31mred", Assert.Single(Assert.IsType<TestReport>(Read(
            "<testsuite><testcase name='a'><failure message='&#27;[31mred'/></testcase></testsuite>", "it.xml")).Tests).Message);

    [Fact]
    public void half_a_character_in_a_text_does_not_lose_the_report()
        => Assert.Contains("d800", Assert.Single(Assert.IsType<FindingsReport>(Read(
            """[{"filePath": "a.js", "messages": [{"ruleId": "x", "severity": 2, "message": "bad \ud800 text", "line": 1}]}]""",
            "it.json")).Findings).Message, StringComparison.Ordinal);

    /// <summary>An argument may have places for others, which may have places for others, each longer than the one before.</summary>
    [Fact]
    public void arguments_of_a_message_make_it_no_longer_than_a_message_is()
    {
        var places = string.Join(",", Enumerable.Range(1, 9).Select(i => $"\"{string.Concat(Enumerable.Repeat($"{{{i}}}", 300))}\""));
        var report = Assert.IsType<FindingsReport>(Read(
            """
            {"runs": [{"tool": {"driver": {"rules": [{"id": "r", "messageStrings": {"m": {"text": "{0}{0} of {0}"}}}]}},
              "results": [{"ruleId": "r", "message": {"id": "m", "arguments": [#]}}]}]}
            """.Replace("#", places, StringComparison.Ordinal), "it.sarif"));
        var message = Assert.Single(report.Findings).Message;
        Assert.StartsWith("{1}{1}", message, StringComparison.Ordinal);
        Assert.True(message.Length <= ReportLimits.Message + 1);
    }

    [Fact]
    public void arguments_of_a_message_stand_in_their_places()
        => Assert.Equal("'a' is not {b}, nor {7}", Assert.Single(Assert.IsType<FindingsReport>(Read(
            """
            {"runs": [{"tool": {"driver": {"rules": [{"id": "r", "messageStrings": {"m": {"text": "'{0}' is not {{1}}, nor {7}"}}}]}},
              "results": [{"ruleId": "r", "message": {"id": "m", "arguments": ["a", "b"]}}]}]}
            """, "it.sarif")).Findings).Message);

    /// <summary>Each is looked up once; one by one through all of them, so many would take hours.</summary>
    [Fact]
    public void very_many_statements_of_one_file_are_counted()
    {
        const int count = 300_000;
        var map = string.Join(",", Enumerable.Range(0, count).Select(static i => $"\"{i}\":{{\"start\":{{\"line\":{i + 1}}}}}"));
        var hits = string.Join(",", Enumerable.Range(0, count).Select(static i => $"\"{i}\":{i % 2}"));
        var report = Assert.IsType<CoverageReport>(Read(
            $"{{\"a.js\":{{\"path\":\"a.js\",\"statementMap\":{{{map}}},\"fnMap\":{{}},\"s\":{{{hits}}}}}}}", "coverage-final.json"));
        Assert.Equal(new Ratio(count / 2, count), report.Lines);
    }

    [Fact]
    public void very_many_results_ask_one_rule_for_its_words()
    {
        var words = string.Join(",", Enumerable.Range(0, 100_000).Select(static i => $"\"m{i}\":{{\"text\":\"word {i}\"}}"));
        var results = string.Join(",", Enumerable.Repeat("{\"ruleId\":\"r\",\"message\":{\"id\":\"m0\"}}", 100_000));
        var report = Assert.IsType<FindingsReport>(Read(
            $"{{\"runs\":[{{\"tool\":{{\"driver\":{{\"rules\":[{{\"id\":\"r\",\"messageStrings\":{{{words}}}}}]}}}},"
                + $"\"results\":[{results}]}}]}}",
            "it.sarif"));
        Assert.Equal((100_000, "word 0"), (report.Findings.Count, report.Findings[^1].Message));
    }

    [Theory]
    [InlineData("GROUP,PACKAGE,CLASS,LINE_MISSED,LINE_COVERED,BRANCH_MISSED,BRANCH_COVERED\ng,p,c,2147483647,1,0,0\n", "j.csv", 1)]
    [InlineData("<report name='r'><package name='p'><sourcefile name='c'><counter type='LINE' missed='2147483647' covered='1'/>"
        + "</sourcefile></package></report>", "j.xml", 1)]
    [InlineData("{\"total\":{},\"a.js\":{\"lines\":{\"total\":5,\"covered\":10},\"statements\":{\"total\":5,\"covered\":5}}}", "s.json", 5)]
    public void sums_that_cannot_be_become_no_percentage_that_cannot_be(string content, string path, long covered)
    {
        var lines = Assert.IsType<CoverageReport>(Read(content, path)).Lines;
        Assert.Equal(covered, lines.Covered);
        Assert.InRange(lines.Percent!.Value, 0, 100);
    }

    [Fact]
    public void a_zero_character_is_shown_as_one_that_can_be_kept()
    {
        var test = Assert.Single(Assert.IsType<TestReport>(Read("1..1\nnot ok 1 a\0b\n# is \0\n", "it.tap")).Tests);
        Assert.Equal(("a\uFFFDb", "is \uFFFD", "is \uFFFD"), (test.Id.Name, test.Message, test.Detail));
    }

    [Fact]
    public void a_report_with_a_byte_order_mark_is_read()
        => Assert.IsType<FindingsReport>(Report.Read(
            Encoding.UTF8.GetPreamble().Concat("{\"runs\":[]}"u8.ToArray()).ToArray(), "it.sarif"));

    [Theory]
    [InlineData("<failure/>", "<error/>", 1)]
    [InlineData("", "<error/>", 2)]
    [InlineData("<failure/>", "<failure/>", 2)]
    public void a_failure_and_an_error_of_one_test_are_one(string one, string other, int count)
        => Assert.Equal(count, Assert.IsType<TestReport>(Read(
            $"<testsuite><testcase classname='A' name='a'>{one}</testcase><testcase classname='A' name='a'>{other}</testcase></testsuite>",
            "it.xml")).Tests.Count);

    [Theory]
    [InlineData("Shelf.Tests", "Shelf.Tests.Adds", "Shelf.Tests", "Adds")]
    [InlineData("", "a > b", "", "a > b")]
    [InlineData("a b", "a b", "", "a b")]
    [InlineData("test", "odd &quot;one&quot;", "test", "odd \"one\"")]
    [InlineData("T", "n(s: \\\"x\\\")", "T", "n(s: \"x\")")]
    public void a_test_is_the_same_however_a_version_spells_it(string oneClass, string oneName, string otherClass, string otherName)
        => Assert.Equal(new TestIdentity(null, otherClass, otherName).Key, new TestIdentity("f", oneClass, oneName).Key);

    [Fact]
    public void the_tests_in_a_test_count_and_not_the_test_around_them()
    {
        var report = Assert.IsType<TestReport>(Read(
            "TAP version 13\n# Subtest: a\n    ok 1 - one\n    not ok 2 - two\n      ---\n      error: 'no'\n      ...\n    1..2\n"
            + "not ok 1 - a\nok 2 - b # SKIP later\nok 3 - c\n1..3\n", "it.tap"));
        Assert.Equal(["one Passed", "two Failed", "b Skipped", "c Passed"],
            report.Tests.Select(static test => $"{test.Id.Name} {test.Outcome}"));
        Assert.Equal("error: 'no'", report.Tests[1].Message);
    }

    private static Report Read(string content, string path) => Report.Read(Encoding.UTF8.GetBytes(content), path);
}
