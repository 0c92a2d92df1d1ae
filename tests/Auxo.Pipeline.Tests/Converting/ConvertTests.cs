using Auxo.Pipeline.Converting;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Local;

namespace Auxo.Pipeline.Tests.Converting;

/// <summary>Files of other programs, and ours that do the same.</summary>
public sealed class ConvertTests
{
    [Fact]
    public void a_job_of_github_is_a_step()
        => Assert.Equal(
            """
            # Converted from ci.yml by 'auxo ci convert'.
            # line 12: the condition of job 'test' is left out: github.actor != 'bot'
            # line 15: actions/setup-node@v4: install it on the machine, or give the step an image that has it
            # line 22: an expression in a command has no counterpart: format('a{0}', github.run_id)
            # line 30: the secret 'NPM_TOKEN' is called TOKEN here: auxo secret set TOKEN
            environment:
              LEVEL: 3
            schedules:
              schedule-1: {cron: "40 1 * * *"}
            steps:
              - name: test
                if:
                  - {event: push, branch: [main, release/*]}
                  - {event: patch}
                  - {event: schedule}
                matrix:
                  NODE_VERSION: [20, 22]
                network: true
                timeout: 10m
                commands:
                  - npm ci
                  - |-
                    (
                    export A='b c'
                    cd 'web'
                    npm test -- --node ${NODE_VERSION} ${AUXO_COMMIT}
                    )
                  - echo ${{ format('a{0}', github.run_id) }}
                artifacts: [dist/]
              - name: publish
                needs: [test]
                if:
                  - {event: push, branch: [main, release/*], needs: any}
                  - {event: patch, needs: any}
                  - {event: schedule, needs: any}
                image: node:22
                network: true
                secrets: [TOKEN]
                on-failure: ignore
                run: npm publish

            """, Convert(".github/workflows/ci.yml", """
            on:
              push: { branches: [main, 'release/*'] }
              pull_request:
              schedule: [{ cron: '40 1 * * *' }]
            permissions: read-all
            env: { LEVEL: 3 }
            jobs:
              test:
                runs-on: ubuntu-latest
                timeout-minutes: 10
                strategy: { matrix: { node-version: [20, 22] } }
                if: github.actor != 'bot'
                steps:
                  - uses: actions/checkout@v4
                  - uses: actions/setup-node@v4
                    with: { node-version: '${{ matrix.node-version }}' }
                  - run: npm ci
                  - run: |
                      npm test -- --node ${{ matrix.node-version }} ${{ github.sha }}
                    env: { A: b c }
                    working-directory: web
                  - run: echo ${{ format('a{0}', github.run_id) }}
                  - uses: actions/upload-artifact@v4
                    with: { path: dist/ }
              publish:
                needs: test
                if: always()
                container: node:22
                continue-on-error: true
                env: { TOKEN: '${{ secrets.NPM_TOKEN }}' }
                steps: [{ run: npm publish }]
            """));

    [Theory]
    [InlineData("github.ref == 'refs/heads/main'", true)]
    [InlineData("${{ github.event_name == 'push' && github.ref == 'refs/heads/main' }}", true)]
    [InlineData("github.ref == 'refs/heads/main' && github.event_name == 'push'", true)]
    [InlineData("github.ref == 'refs/heads/main' || github.actor == 'bob'", false)]
    [InlineData("github.ref != 'refs/heads/main'", false)]
    public void a_job_for_one_branch_is_a_step_for_one_branch(string condition, bool isRead)
    {
        var text = Convert(
            ".github/workflows/ci.yml",
            $"on: [push, pull_request]\njobs:\n  deploy:\n    if: \"{condition}\"\n    steps: [{{ run: ./deploy }}]\n");
        Assert.Equal(isRead, text.Contains("    if: {event: push, branch: main}\n", StringComparison.Ordinal));
        Assert.Equal(!isRead, text.Contains("the condition of job 'deploy' is left out", StringComparison.Ordinal));
    }

    [Fact]
    public void a_step_of_woodpecker_is_a_step()
        => Assert.Equal(
            """
            # Converted from .woodpecker.yml by 'auxo ci convert'.
            # line 2: services: name them in 'services' of each step that needs them, and give such a step an 'image' too
            # line 13: step 'notify' is a plugin: write what it does as commands
            # line 15: 'settings' of step 'notify' is left out
            steps:
              - name: build
                if: {event: [push, patch], branch: main}
                image: golang:1.24
                network: true
                environment:
                  CGO: 0
                secrets: [TOKEN]
                commands:
                  - go build
                  - echo $AUXO_COMMIT
              - name: lint
                needs: []
                if: {paths: ['*.go', '!vendor/**']}
                image: golang:1.24
                network: true
                on-failure: ignore
                run: go vet

            """, Convert(".woodpecker.yml", """
            when: { event: [push, pull_request], branch: main }
            services: [{ name: db, image: postgres }]
            steps:
              - name: build
                image: golang:1.24
                commands: [go build, echo $CI_COMMIT_SHA]
                environment: { CGO: 0, TOKEN: { from_secret: TOKEN } }
              - name: lint
                image: golang:1.24
                commands: go vet
                failure: ignore
                when: { path: { include: ['*.go'], exclude: ['vendor/**'] } }
              - name: notify
                image: plugins/slack
                settings: { room: dev }
                depends_on: [build]
            """));

    [Fact]
    public void a_script_of_the_native_adapter_is_one_step()
        => Assert.Equal(
            """
            # Converted from native.yaml by 'auxo ci convert'.
            steps:
              - name: shell
                network: true
                run: |
                  make
                  make test

            """, Convert(".radicle/native.yaml", "shell: |\n  make\n  make test\n"));

    [Fact]
    public void of_the_ambient_adapter_the_plan_has_no_network()
    {
        var text = Convert(
            ".radicle/ambient.yaml", "pre_plan: [{ action: cargo_fetch }]\nplan: [{ action: shell, shell: make }, { action: rust }]\n");
        var steps = PipelineFileReader.Read(text).File.Steps;
        Assert.Equal([("cargo_fetch", "cargo fetch", true), ("shell", "make", false)],
            steps.Select(static step => (step.Name, step.Commands[0], step.Network)));
        Assert.Contains("# line 2: the action 'rust' is left out\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void names_that_we_have_not_are_made_to_fit_and_stay_needed()
    {
        var text = Convert("ci.yml", """
            jobs:
              "build it": { steps: [{ run: make }] }
              secrets: { needs: ["build it", left], steps: [{ run: make check }] }
              left: { uses: other/workflow.yml }
            """);
        Assert.Equal([("build-it", ""), ("secrets-2", "build-it")],
            PipelineFileReader.Read(text).File.Steps.Select(static step => (step.Name, string.Join(' ', step.Needs!))));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a: [", "ci.yml:")]
    [InlineData("a: 1", "neither 'jobs' nor 'steps'")]
    public void what_is_no_such_file_is_said(string text, string words)
        => Assert.Contains(
            words, Assert.Throws<LocalException>(() => ConvertFile.Convert("ci.yml", text)).Message, StringComparison.Ordinal);

    private static string Convert(string path, string text)
    {
        var written = ConvertedText.Write(ConvertFile.Convert(path, text), Path.GetFileName(path));
        Assert.Empty(PipelineFileReader.Read(written).Problems);
        return written;
    }
}
