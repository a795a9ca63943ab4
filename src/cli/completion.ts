import { COMMAND_NAMES, type Kind } from '../config/options/option.js';
import { type Flag, flagsOf } from '../config/options/options.js';
import { usageError } from '../config/raw-flags.js';
import { isRepeatable } from './yargs-options.js';

/** The first word by which a shell asks for completions; the words that were typed follow. */
export const COMPLETION_REQUEST = '--get-completions';

/** Shells that `rowproof completion` has a script for. */
export const SHELLS = ['bash', 'zsh'] as const;

/** Commands whose first word is a file, which shells complete. */
const TAKES_FILE: ReadonlySet<string> = new Set(['report', 'waive', 'history', 'apply']);

/** Words that stand first behind a command. */
const FIRST_WORDS: Readonly<Record<string, readonly string[]>> = { baseline: ['accept'] };

/**
 * The words that may stand where the cursor is: the last of `typed`, which may be empty. Nothing is found where a name
 * of a file or of a table is expected, and shells complete names of files by themselves then.
 */
export function completeWords(typed: readonly string[]): string[] {
  // Bash takes "=" for a word of its own.
  const words = typed.filter((word, index) => word !== '=' || index === typed.length - 1);
  const before = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  const [, attached, part] = /^(--[\w-]+=)(.*)$/s.exec(last) ?? [];
  const candidates =
    attached === undefined
      ? findCandidates(before, last)
      : valuesOf(findFlag(before[0], attached.slice(2, -1))).map((value) => `${attached}${value}`);
  const start = part === undefined && last === '=' ? '' : last;
  return candidates.filter((candidate) => candidate.startsWith(start));
}

function findCandidates([command, ...before]: readonly string[], last: string): readonly string[] {
  if (command === undefined) return last.startsWith('-') ? ['--help', '--version'] : COMMAND_NAMES;
  if (command === 'completion' && before.length === 0) return SHELLS;
  if (before.length === 0 && !last.startsWith('-') && Object.hasOwn(FIRST_WORDS, command))
    return FIRST_WORDS[command] ?? [];
  const open = findOpenFlag(command, before);
  if (open !== null && !last.startsWith('-')) return valuesOf(open);
  const flags = flagsOf(command).filter(
    ({ name, option }) => isRepeatable(option.kind) || !before.includes(`--${name}`),
  );
  return last.startsWith('-') || !TAKES_FILE.has(command)
    ? [...flags.map(({ name }) => `--${name}`), '--help']
    : [];
}

/** The flag whose value the next word is: a list takes any number of words. */
function findOpenFlag(command: string, before: readonly string[]): Flag | null {
  const at = before.findLastIndex((word) => word.startsWith('--'));
  const flag = findFlag(command, before[at]?.slice(2) ?? '');
  if (flag === null || flag.option.kind.is === 'switch') return null;
  return isRepeatable(flag.option.kind) || at === before.length - 1 ? flag : null;
}

function findFlag(command: string | undefined, name: string): Flag | null {
  return flagsOf(command ?? '').find((flag) => flag.name === name) ?? null;
}

function valuesOf(flag: Flag | null): readonly string[] {
  return flag === null ? [] : wordsOf(flag.option.kind);
}

function wordsOf(kind: Kind): readonly string[] {
  if (kind.is === 'choice') return kind.words;
  return kind.is === 'reports' ? kind.formats : [];
}

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `# Completion of rowproof for bash. Install it with: rowproof completion bash >> ~/.bashrc
_rowproof_completions() {
  local IFS=$'\\n'
  COMPREPLY=($(rowproof ${COMPLETION_REQUEST} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o bashdefault -o default -F _rowproof_completions rowproof
`,
  zsh: `#compdef rowproof
# Completion of rowproof for zsh. Install it with: rowproof completion zsh >> ~/.zshrc, below the line with compinit
_rowproof_completions() {
  local -a found
  found=(\${(f)"$(rowproof ${COMPLETION_REQUEST} "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -- $found; else _files; fi
}
compdef _rowproof_completions rowproof
`,
};

/** The script that makes a shell ask for completions. */
export function formatCompletionScript(shell: string): string {
  const found = SHELLS.find((each) => each === shell);
  if (found !== undefined) return SCRIPTS[found];
  throw usageError(
    `Expected a shell that is one of ${SHELLS.join(', ')}, got ${shell}.`,
    'Write rowproof completion bash, for example.',
  );
}
