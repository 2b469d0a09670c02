/** Shells that a script can be had for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

// Each script hands the words up to the cursor to `latchkey complete`, as they are: nothing that is typed is evaluated. An answer is lines
// of a word, a tab and what it means, or one line, `:files` or `:folders`, where the shell knows better.

const BASH = `# bash completion for latchkey
_latchkey() {
  local line word=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  [ "$word" = "=" ] && word=""
  while IFS= read -r line; do
    case $line in
      :files | :folders)
        compopt -o filenames 2>/dev/null
        local kind=-f
        [ "$line" = :folders ] && kind=-d
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$kind" -- "$word")
        ;;
      *) COMPREPLY+=("$(printf %q "\${line%%$'\\t'*}")") ;;
    esac
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$word" 2>/dev/null)
}
complete -F _latchkey latchkey
`;

const ZSH = `#compdef latchkey
_latchkey() {
  local line
  local -a described
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :files) _files; return ;;
      :folders) _files -/; return ;;
      ?*) described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  _describe latchkey described
}
if [[ $funcstack[1] == _latchkey ]]; then
  _latchkey "$@"
else
  compdef _latchkey latchkey
fi
`;

const FISH = `# fish completion for latchkey
function __latchkey_complete
    set -l words (commandline --cut-at-cursor --current-process --tokenize)
    set -l word (commandline --cut-at-cursor --current-token)
    for line in ($words[1] complete -- $words[2..] "$word" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$word"
            case :folders
                __fish_complete_directories "$word" ''
            case '*'
                echo $line
        end
    end
end
complete --command latchkey --no-files --arguments '(__latchkey_complete)'
`;

const SCRIPTS = new Map<string, string>([
  ["bash", BASH],
  ["zsh", ZSH],
  ["fish", FISH],
]);

/** The script for one of `SHELLS`. */
export const scriptFor = (shell: string): string => SCRIPTS.get(shell) ?? "";
