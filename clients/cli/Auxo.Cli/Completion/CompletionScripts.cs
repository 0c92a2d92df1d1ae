namespace Auxo.Cli.Completion;

/// <summary>
/// The shells' side. They ask the built program itself, never the launcher: Tab must not build anything. The program is the one
/// beside the launcher that stands on the line, else the one that printed the script; where neither is built, Tab does nothing.
/// </summary>
internal static class CompletionScripts
{
    public static string For(string shell, string program, string? dotnetRoot)
    {
        var script = shell switch { "bash" => Bash, "zsh" => Zsh, _ => Fish };
        return script.Replace("@PROGRAM@", Quote(program), StringComparison.Ordinal)
            .Replace("@DOTNET@", Quote(dotnetRoot ?? ""), StringComparison.Ordinal)
            .Replace("@QUESTION@", CompletionCommand.Question, StringComparison.Ordinal);
    }

    /// <summary>The text as one word of a shell.</summary>
    internal static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private const string Bash = """
        # Completion of auxo for bash (3.2 and newer).
        _auxo_ask() {
            local program=@PROGRAM@ launcher
            launcher=$(command -v -- "${1/#\~/$HOME}" 2>/dev/null)
            while [ -L "$launcher" ]; do
                case $(readlink "$launcher") in
                    /*) launcher=$(readlink "$launcher") ;;
                    *) launcher=$(dirname "$launcher")/$(readlink "$launcher") ;;
                esac
            done
            if [ -n "$launcher" ] && [ -x "$(dirname "$launcher")/artifacts/bin/Auxo.Cli/release/auxo-cli" ]; then
                program=$(dirname "$launcher")/artifacts/bin/Auxo.Cli/release/auxo-cli
            fi
            [ -x "$program" ] || return 0
            DOTNET_ROOT=${DOTNET_ROOT:-@DOTNET@} "$program" @QUESTION@ "${@:2}" 2>/dev/null
        }
        _auxo() {
            local line word current files= IFS=$' \t\n'
            local -a words
            COMPREPLY=()
            line=${COMP_LINE:0:$COMP_POINT}
            # By blanks, not by COMP_WORDBREAKS, which would cut rad:z… at its colon.
            read -r -a words <<<"$line"
            case $line in *[[:space:]]) words+=('') ;; esac
            current=${words[${#words[@]}-1]}
            while IFS= read -r word; do
                case $word in
                    :files) files=yes ;;
                    :words) ;;
                    *)
                        word=${word%%$'\t'*}
                        # What stands before the last colon is not bash's to replace.
                        case $current in *:*) word=${word#"${current%"${current##*:}"}"} ;; esac
                        COMPREPLY+=("$(printf %q "$word")")
                        ;;
                esac
            done < <(_auxo_ask "${words[@]}")
            if [ -n "$files" ]; then compopt -o default 2>/dev/null; fi
            case ${COMPREPLY[0]-} in *=) compopt -o nospace 2>/dev/null ;; esac
        }
        complete -F _auxo auxo

        """;

    private const string Zsh = """
        #compdef auxo
        # Completion of auxo for zsh.
        _auxo() {
            local program=@PROGRAM@ launcher line files
            local -a found
            launcher=${~words[1]}
            launcher=${$(command -v -- $launcher 2>/dev/null):A}
            if [[ -n $launcher && -x ${launcher:h}/artifacts/bin/Auxo.Cli/release/auxo-cli ]]; then
                program=${launcher:h}/artifacts/bin/Auxo.Cli/release/auxo-cli
            fi
            [[ -x $program ]] || return 1
            while IFS= read -r line; do
                case $line in
                    :files) files=yes ;;
                    :words) ;;
                    *$'\t'*) found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
                    *) found+=("${line//:/\\:}") ;;
                esac
            done < <(DOTNET_ROOT=${DOTNET_ROOT:-@DOTNET@} $program @QUESTION@ "${(@)words[2,CURRENT]}" 2>/dev/null)
            (( $#found )) && _describe -t auxo auxo found
            [[ -n $files ]] && _files
            (( $#found )) || [[ -n $files ]]
        }
        compdef _auxo auxo

        """;

    private const string Fish = """
        # Completion of auxo for fish.
        function __auxo_ask
            set -l words (commandline -opc)
            set -l program @PROGRAM@
            set -l launcher (command -s -- $words[1])
            test -n "$launcher"; or set launcher $words[1]
            set launcher (realpath -- $launcher 2>/dev/null)
            if test -n "$launcher"; and test -x (dirname -- $launcher)/artifacts/bin/Auxo.Cli/release/auxo-cli
                set program (dirname -- $launcher)/artifacts/bin/Auxo.Cli/release/auxo-cli
            end
            test -x $program; or return
            set -lx DOTNET_ROOT $DOTNET_ROOT
            test -n "$DOTNET_ROOT"; or set DOTNET_ROOT @DOTNET@
            set -l current (commandline -ct)
            set -l answer ($program @QUESTION@ $words[2..-1] "$current" 2>/dev/null)
            for line in $answer[2..-1]
                echo $line
            end
            if test "$answer[1]" = :files
                __fish_complete_path $current
            end
        end
        complete -c auxo -f -a '(__auxo_ask)'

        """;
}
