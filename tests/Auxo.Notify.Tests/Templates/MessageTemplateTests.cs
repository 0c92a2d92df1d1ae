using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;
using Auxo.Notify.Templates;

namespace Auxo.Notify.Tests.Templates;

/// <summary>Forms of messages: what they may, and that nothing they do harms.</summary>
public sealed class MessageTemplateTests
{
    private static readonly Notification Broke = SampleNotification.Of("build.failed", Told.At);

    [Theory]
    [InlineData("{{ repository.name }}: {{ build.change }} at {{ time }}", "heartwood: broke at 2026-11-23 12:00 UTC")]
    [InlineData("{% for s in build.steps %}{{ s.name | upcase }} {{ s.durationSeconds }}{% endfor %}", "TEST 12")]
    [InlineData("{% if level == 'warning' %}!{% else %}.{% endif %}{{ owners | join: ', ' | default: 'nobody' }}", "!nobody")]
    [InlineData("{% assign x = 'a-b' | split: '-' %}{{ x | last | append: '.' }}{% comment %} no {% endcomment %}", "b.")]
    [InlineData("{{ lines | size }}{{ nothing.at.all }}", "2")]
    public void they_say_what_a_webhook_is_sent(string source, string text)
        => Assert.Equal(new Rendered(text, null), Render(source, ChannelKind.Desktop));

    [Theory]
    [InlineData(ChannelKind.Email, false, "<b>Fix the &lt;handshake&gt; &amp; *more*</b>")]
    [InlineData(ChannelKind.Matrix, false, "<b>Fix the &lt;handshake&gt; &amp; *more*</b>")]
    [InlineData(ChannelKind.Slack, false, "<b>Fix the &lt;handshake&gt; &amp; \u200B*\u200Bmore\u200B*\u200B</b>")]
    [InlineData(ChannelKind.Slack, true, "<b>Fix the \\<handshake\\> &amp; \\*more\\*</b>")]
    [InlineData(ChannelKind.Discord, false, "<b>Fix the \\<handshake\\> &amp; \\*more\\*</b>")]
    [InlineData(ChannelKind.Ntfy, false, "<b>Fix the <handshake> & *more*</b>")]
    public void words_from_outside_are_words_in_the_language_of_the_channel(ChannelKind kind, bool isMarkdown, string text)
        => Assert.Equal(text, MessageTemplate.Render("<b>{{ patch.title }}</b>", Broke, kind, isMarkdown, TimeProvider.System).Text);

    [Fact]
    public void nobody_is_called_by_a_title()
        => Assert.DoesNotContain("@everyone", Render("{{ title }}", ChannelKind.Discord).Text!, StringComparison.Ordinal);

    [Fact]
    public void of_a_webhook_it_is_the_body_and_must_be_json()
    {
        var quoted = Broke with { Title = "a \"quoted\" \\ title\n" };
        Assert.Equal(
            "a \"quoted\" \\ title\n",
            (string)System.Text.Json.Nodes.JsonNode.Parse(MessageTemplate.Render(
                """{"text": "{{ title }}"}""", quoted, ChannelKind.Webhook, false, TimeProvider.System).Text!)!["text"]!);
        Assert.Equal("what it gave is no JSON object", Render("{{ title }}", ChannelKind.Webhook).Problem);
    }

    [Theory]
    [InlineData("one\n{% if x %}\nno end", "line ")]
    [InlineData("one\ntwo {{ title | shout }}", "line 2: there is no filter 'shout'; there are abs, append")]
    [InlineData("{% include 'etc/passwd' %}", "line 1: there is no tag 'include'; there are assign, break")]
    [InlineData("{% liquid\n echo x %}", "line 1: there is no tag 'liquid'")]
    [InlineData("\n\n{% for i in (1..1000000000) %}x{% endfor %}", "line 3: ranges such as (1..10) may not be used; loop over a list")]
    [InlineData("{{ 'a\\' | format_string: 1 }}", "line 1: a backslash may not stand inside of braces")]
    [InlineData("{{ title | format_string: '{0,2000000000}' }}", "line 1: there is no filter 'format_string'")]
    [InlineData("", "it is empty")]
    [InlineData("{{ title", "line ")]
    public void what_cannot_be_read_or_may_not_be_is_refused_with_its_line(string source, string problem)
        => Assert.StartsWith(problem, MessageTemplate.Refuse(source), StringComparison.Ordinal);

    [Fact]
    public void a_huge_one_is_refused() => Assert.NotNull(MessageTemplate.Refuse(new string('x', MessageTemplate.MaxSource + 1)));

    [Theory]
    [InlineData("{% assign s = 'xxxxxxxxxxxxxxxx' %}LOOP{% assign s = s | append: s %}END{{ s }}",
        "a value in it grows beyond 16,384 characters")]
    [InlineData("{% assign s = 'xxxxxxxxxxxxxxxx' %}LOOP{% capture s %}{{ s }}{{ s }}{% endcapture %}END",
        "a value in it grows beyond 16,384 characters")]
    [InlineData("{% assign s = 'xxxxxxxxxxxxxxxx' %}LOOP{% assign s = s | replace: 'x', s %}END",
        "a value in it grows beyond 16,384 characters")]
    [InlineData("LOOP{{ title }}{{ title }}END", "it gives more than the 500 characters that the channel takes")]
    [InlineData("LOOPLOOPLOOPLOOP{% assign x = 1 %}ENDENDENDENDx", "it takes more than 2,000 steps")]
    [InlineData("{{ 1 | divided_by: 0 }}", "")]
    [InlineData("{{ 79228162514264337593543950335 | times: 10 }}", "")]
    [InlineData("   ", "it gave nothing")]
    public void what_loops_or_grows_is_cut_and_says_why(string source, string problem)
    {
        source = source.Replace("LOOP", "{% for a in list %}", StringComparison.Ordinal).Replace("END", "{% endfor %}",
            StringComparison.Ordinal);
        source = "{% assign list = 'a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p' | split: ',' %}" + source;
        Assert.Null(MessageTemplate.Refuse(source));
        var rendered = Render(source, ChannelKind.Desktop);
        Assert.Null(rendered.Text);
        Assert.Contains(problem, rendered.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ title.GetType }}{{ repository.name.Length }}{{ build.GetHashCode }}{{ lines.Count }}{{ fields.Capacity }}.")]
    [InlineData("{{ title['Length'] }}{{ repository['Keys'] }}.")]
    public void nothing_of_the_program_is_seen(string source) => Assert.Equal(".", Render(source, ChannelKind.Desktop).Text);

    [Fact]
    public void every_type_can_be_looked_at_with_every_channel()
    {
        foreach (var type in NotificationTypes.All)
            foreach (var kind in Enum.GetValues<ChannelKind>())
                Assert.NotNull(MessageTemplate.Render(
                    kind == ChannelKind.Webhook ? """{"t":"{{ title }}"}"""
                        : "{{ title }}{% for f in fields %} {{ f.name }}={{ f.value }}{% endfor %}",
                    SampleNotification.Of(type, Told.At), kind, false, TimeProvider.System).Text);
    }

    private static Rendered Render(string source, ChannelKind kind) => MessageTemplate.Render(source, Broke, kind, false,
        TimeProvider.System);
}
