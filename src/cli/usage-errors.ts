import { COMMAND_NAMES, type CommandName } from '../config/options/option.js';
import { commandsWith, flagsOf } from '../config/options/options.js';
import { optionError, usageError } from '../config/raw-flags.js';
import { findClosestName } from '../core/closest-name.js';
import type { RowproofError } from '../core/errors.js';

/** What stands behind a command and is no flag. */
const POSITIONALS: Readonly<Partial<Record<CommandName, { readonly name: string; readonly hint: string }>>> =
  {
    report: { name: 'the file of a saved result', hint: 'Write rowproof report RUN.json.' },
    merge: { name: 'the files of parts', hint: 'Write rowproof merge part-*.json.' },
    waive: {
      name: 'the file of a saved result',
      hint: 'Write rowproof waive RUN.json --rows all, or --cause CODE.',
    },
    baseline: {
      name: 'accept and the file of a saved result',
      hint: 'Write rowproof baseline accept RUN.json.',
    },
    history: { name: 'the folder of a history', hint: 'Write rowproof history DIR.' },
    apply: { name: 'the file to apply', hint: 'Write rowproof apply FILE.sql --target URL.' },
    evidence: { name: 'what to do and the folder', hint: 'Write rowproof evidence check DIR.' },
    completion: { name: 'the name of a shell', hint: 'Write rowproof completion bash, or zsh.' },
  };

/** Words that other programs take for commands. */
const FLAGS_ONLY: readonly string[] = ['help', 'version'];

/** Says in our words what yargs found; what is no complaint of its about usage is a fault of ours and passes through. */
export function usageErrorFor(failure: unknown, argv: readonly string[]): unknown {
  const message = failure instanceof Error ? failure.message : String(failure);
  if (failure instanceof Error && failure.name !== 'YError') return failure;
  const command = commandOf(argv);
  const [, unknown] = /^Unknown (?:arguments?|commands?): (.*)$/s.exec(message) ?? [];
  if (unknown !== undefined && /:\/\/|:.*@/s.test(`${unknown} ${argv[0]}`)) {
    // It may hold a password, and yargs may have cut it anywhere.
    return usageError('Expected a flag or command, got a URL.', 'Write it behind --source or --target.');
  }
  if (unknown !== undefined) return unknownWord(unknown.split(', ')[0] ?? unknown, { argv, command });
  if (message.startsWith('Not enough non-option arguments') && command !== null) {
    return missingPositional(command);
  }
  const [, bare] = /^Not enough arguments following: (.*)$/.exec(message) ?? [];
  if (bare !== undefined) {
    return optionError({
      option: `--${bare}`,
      message: `Expected --${bare} to have a value, got none.`,
      hint: helpOf(command),
    });
  }
  return usageError(`${message.trim()}.`.replace(/\.\.$/, '.'), helpOf(command));
}

/** The error of a command that was not told what it is about. */
export function missingPositional(command: CommandName): RowproofError {
  const { name, hint } = POSITIONALS[command] ?? { name: 'another word', hint: helpOf(command) };
  return usageError(`Expected ${name}, got none.`, hint);
}

/** Refuses a value of `--help` or `--version`, which would let the command run instead. */
export function refuseValuesOfHelp(flags: Readonly<Record<string, unknown>>): void {
  const name = FLAGS_ONLY.find((each) => flags[each] !== undefined);
  if (name === undefined) return;
  throw usageError(`Expected --${name} to have no value, got one.`, `Write --${name}, or leave it out.`);
}

function commandOf(argv: readonly string[]): CommandName | null {
  return COMMAND_NAMES.find((name) => name === argv[0]) ?? null;
}

function helpOf(command: CommandName | null): string {
  return `See rowproof ${command === null ? '' : `${command} `}--help.`;
}

interface CommandLine {
  readonly argv: readonly string[];
  readonly command: CommandName | null;
}

function unknownWord(word: string, { argv, command }: CommandLine): RowproofError {
  const [first = ''] = argv;
  const typed = spelledFlag(word, argv);
  const help = helpOf(command);
  if (command === null) return first.startsWith('-') ? withoutCommand(typed ?? first) : unknownCommand(first);
  if (typed === null) {
    const isCommand = COMMAND_NAMES.some((name) => name === word);
    return usageError(
      `rowproof ${command} does not take the word ${word}.`,
      isCommand ? `It is a command: rowproof ${word} --help.` : `Everything has a flag before it. ${help}`,
    );
  }
  if (COMMAND_NAMES.some((name) => name === word)) {
    return optionError({
      option: typed,
      message: `rowproof ${command} has no flag ${typed}.`,
      hint: `It is a command: rowproof ${word} --help.`,
    });
  }
  const owners = commandsWith(word);
  if (owners.length > 0) return foreignFlag(typed, { command, owners });
  const flag = findClosestName(
    word,
    flagsOf(command).map(({ name }) => name),
  );
  return optionError({
    option: typed,
    message: `Unknown flag: ${typed}.`,
    hint: `${flag === null ? '' : `Did you mean --${flag}? `}${help}`,
  });
}

/** A flag as it was typed, with its dashes; null where the word is none. */
function spelledFlag(word: string, argv: readonly string[]): string | null {
  const found = argv.find((each) => each.startsWith('-') && each.replace(/^--?/, '').split('=')[0] === word);
  return found?.split('=')[0] ?? null;
}

function withoutCommand(typed: string): RowproofError {
  return usageError(
    `Expected a command first, got ${typed}.`,
    'For example rowproof verify --source URL --target URL. See rowproof --help.',
  );
}

function foreignFlag(
  typed: string,
  { command, owners }: { readonly command: CommandName; readonly owners: readonly CommandName[] },
): RowproofError {
  const names = owners.map((name) => `rowproof ${name}`);
  const only = `${names.slice(0, -1).join(', ')}${names.length > 1 ? ' and ' : ''}${names.at(-1)} ${names.length > 1 ? 'have' : 'has'}`;
  return optionError({
    option: typed,
    message: `rowproof ${command} has no flag ${typed}, only ${only}.`,
    hint: `Leave it out. ${helpOf(command)}`,
  });
}

function unknownCommand(word: string): RowproofError {
  if (FLAGS_ONLY.includes(word))
    return usageError(`There is no command ${word}.`, `Write rowproof --${word}.`);
  const command = findClosestName(word, COMMAND_NAMES);
  const meant = command === null ? `Commands: ${COMMAND_NAMES.join(', ')}.` : `Did you mean ${command}?`;
  return usageError(`There is no command ${word}.`, `${meant} See rowproof --help.`);
}
