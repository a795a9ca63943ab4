import yargs, { type Argv } from 'yargs';
import { type RawFlags, usageError } from '../config/raw-flags.js';
import { VERSION } from '../config/version.js';
import { type Command, named, type OnCommand } from './command.js';
import { COMPLETION_REQUEST, completeWords, formatCompletionScript } from './completion.js';
import { cutoverCommand, preflightCommand } from './gate-command.js';
import { baselineCommand, historyCommand, waiveCommand } from './past-commands.js';
import { mergeCommand, resumeCommand, runsCommand } from './sitting-commands.js';
import { refuseValuesOfHelp, usageErrorFor } from './usage-errors.js';
import { watchCommand } from './watch-command.js';
import { yargsOptions } from './yargs-options.js';

const MOST_HELP_WIDTH = 100;
const EXIT_CODE_TABLE = `Exit codes:
  0    everything that was asked for was checked, no difference (or each is waived,
       or known where --fail-on is new)
  1    differences found (also when something else is unverified)
  2    wrong usage, or nothing to compare
  3    no difference found, but something that was asked for was not checked
  4    could not run: no connection, internal error
  130  interrupted`;

const PASSWORDS = 'A password may stand in the URL, or in PGPASSWORD, ~/.pgpass, MYSQL_PWD or ~/.my.cnf.';

const EXAMPLES = `Examples, with the two URLs in OLD and NEW:
  Compare every table:
    rowproof verify --source "$OLD" --target "$NEW"
  Pair AlbumId with album_id, and leave out a column in every table:
    rowproof verify --source "$OLD" --target "$NEW" \\
      --match-names snake-case --ignore-columns "*.updated_at"
  With one file to read and to sign, a result for programs and every difference:
    rowproof verify --source "$OLD" --target "$NEW" \\
      --report html=run.html --report json=run.json --differences rows.ndjson
  In a step of GitHub Actions, with its summary and annotations:
    rowproof verify --source "$OLD" --target "$NEW" --report table --report github`;

const REPORT_EXAMPLE = `Example:
  rowproof report run.json --report html=run.html --differences rows.ndjson`;

const PLAN_EPILOGUE = `Exit codes:
  0    the plan was made, and rows decide what the run would say
  1    the run would end with 1, whatever its rows say: a table or column is missing
  2    wrong usage, or nothing to compare
  3    the run could not end with 0: something that was asked for would not be checked
  4    could not plan: no connection, internal error
  130  interrupted`;

const APPLY_EPILOGUE = `It goes on behind rows that the server refuses, and can be interrupted and run again.

Exit codes:
  0    every row is as the file wants it
  1    some rows were refused, were changed since, or are not as wanted afterwards
  2    wrong usage, a file that is not ours, or another target than that of the file
  4    could not run, or could not go on
  130  interrupted`;

const EVIDENCE_EPILOGUE = `Exit codes:
  0    every file is as the manifest says
  1    a file was altered, added or is missing, or the manifest is not the one that was kept or signed
  2    wrong usage, or no folder of evidence`;

/** Thrown to leave yargs as soon as a command is known: it would render the command's help next, which takes 30 ms. */
const PARSED = new Error('The command line was read.');

/** Reads the command line; throws a `usage` error for whatever it does not understand. */
export async function parseCommandLine(argv: readonly string[], width: number): Promise<Command> {
  if (argv[0] === COMPLETION_REQUEST) return { kind: 'text', text: completeWords(argv.slice(1)).join('\n') };
  let command: Command | null = null;
  const parser = buildParser(width, (found, { help, version, _: words }) => {
    refuseValuesOfHelp({ help, version });
    // What stands behind "--" passes the parser's own check.
    const [, stray] = Array.isArray(words) ? words : [];
    if (stray !== undefined) throw usageErrorFor(`Unknown argument: ${stray}`, argv);
    command = found;
    throw PARSED;
  });
  let failure: unknown = null;
  let printed = '';
  try {
    await parser.parseAsync([...argv], {}, (error: unknown, _args: unknown, output: string) => {
      failure = error ?? null;
      printed = output;
    });
  } catch (error) {
    if (error !== PARSED) throw error;
  }
  if (command !== null) return command;
  if (failure !== null) throw usageErrorFor(failure, argv);
  if (printed !== '') return { kind: 'text', text: `${printed.trimEnd()}\n` };
  throw usageError(
    'Expected a command, got none.',
    'Try rowproof verify --source URL --target URL, or rowproof --help.',
  );
}

function buildParser(width: number, onCommand: OnCommand): Argv {
  const verifyUsage = '$0 verify --source URL --target URL [flags]';
  return yargs()
    .scriptName('rowproof')
    .usage('Proves that two databases hold the same rows, or names every row that differs.\n\n$0 <command>')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    })
    .locale('en')
    .updateStrings({ array: 'repeatable', string: 'value', boolean: 'switch' })
    .command(
      'verify',
      'Compare all rows of two databases; reads only',
      (verify) =>
        verify
          .usage(`Compares all rows of two databases; reads only.\n\n${verifyUsage}`)
          .options(yargsOptions('verify'))
          .epilogue(`${EXAMPLES}\n\n${EXIT_CODE_TABLE}\n\n${PASSWORDS}`),
      ({ _, $0, ...flags }) => onCommand({ kind: 'verify', flags: flags as RawFlags }, { _, ...flags }),
    )
    .command(watchCommand(onCommand, PASSWORDS))
    .command(resumeCommand(onCommand, `${EXIT_CODE_TABLE}\n\n${PASSWORDS}`))
    .command(runsCommand(onCommand))
    .command(
      'plan',
      'Say what verify would do: pairs, columns, keys, SQL; compares no rows',
      (plan) =>
        plan
          .usage(
            'Says what verify would do with the same flags; compares no rows.\n\n$0 plan --source URL --target URL [flags]',
          )
          .options(yargsOptions('plan'))
          .epilogue(`${PLAN_EPILOGUE}\n\n${PASSWORDS}`),
      ({ _, $0, ...flags }) => onCommand({ kind: 'plan', flags: flags as RawFlags }, { _, ...flags }),
    )
    .command(preflightCommand(onCommand, PASSWORDS))
    .command(cutoverCommand(onCommand, PASSWORDS))
    .command(mergeCommand(onCommand, `${EXIT_CODE_TABLE}\n\n${PASSWORDS}`))
    .command(
      'init',
      'Write a commented config file for two URLs; connects to nothing',
      (init) =>
        init
          .usage(
            'Writes a commented config file for two URLs; connects to nothing.\n\n$0 init --source URL --target URL [flags]',
          )
          .options(yargsOptions('init'))
          .epilogue('A password is left out: the file takes it from a variable of the environment.'),
      ({ _, $0, ...flags }) => onCommand({ kind: 'init', flags: flags as RawFlags }, { _, ...flags }),
    )
    .command(
      'report <run>',
      'Render a saved result again; needs no database',
      (report) =>
        report
          .usage(
            'Renders a result that was saved with --report json=PATH again.\n\n$0 report RUN.json [flags]',
          )
          .positional('run', { type: 'string', description: 'A saved JSON result', demandOption: true })
          .options(yargsOptions('report'))
          .epilogue(`${REPORT_EXAMPLE}\n\nExits as the verdict of the saved run says.\n\n${EXIT_CODE_TABLE}`),
      ({ _, $0, run, ...flags }) =>
        onCommand({ kind: 'report', path: named(run, 'report'), flags: flags as RawFlags }, { _, ...flags }),
    )
    .command(waiveCommand(onCommand))
    .command(baselineCommand(onCommand))
    .command(historyCommand(onCommand))
    .command(
      'apply <file>',
      'Apply a repair or undo file to the target; the only command that writes',
      (apply) =>
        apply
          .usage(
            'Applies a file that verify --repair wrote, or its undo, to the target.\n\n$0 apply FILE.sql --target URL [flags]',
          )
          .positional('file', { type: 'string', description: 'A repair or undo file', demandOption: true })
          .options(yargsOptions('apply'))
          .epilogue(`${APPLY_EPILOGUE}\n\n${PASSWORDS}`),
      ({ _, $0, file, ...flags }) =>
        onCommand({ kind: 'apply', path: named(file, 'apply'), flags: flags as RawFlags }, { _, ...flags }),
    )
    .command(
      'evidence <action> <folder>',
      'Check a folder of evidence: evidence check DIR; needs no database',
      (evidence) =>
        evidence
          .usage(
            'Says what of a folder that verify --evidence wrote was altered since.\n\n$0 evidence check DIR [flags]',
          )
          .positional('action', { type: 'string', description: 'check', demandOption: true })
          .positional('folder', { type: 'string', description: 'The folder', demandOption: true })
          .options(yargsOptions('evidence'))
          .epilogue(EVIDENCE_EPILOGUE),
      ({ _, $0, action, folder, ...flags }) => {
        const [what, where] = [named(action, 'evidence'), named(folder, 'evidence')];
        return onCommand(
          { kind: 'evidence', action: what, folder: where, flags: flags as RawFlags },
          { _, ...flags },
        );
      },
    )
    .command(
      'completion <shell>',
      'Print the script that completes commands and flags in bash or zsh',
      (completion) =>
        completion
          .usage('Prints a script for bash or zsh that completes commands and flags.\n\n$0 completion SHELL')
          .positional('shell', { type: 'string', description: 'bash or zsh', demandOption: true }),
      ({ _, shell, ...flags }) =>
        onCommand(
          { kind: 'text', text: formatCompletionScript(named(shell, 'completion')) },
          { _, ...flags },
        ),
    )
    .strict()
    .help()
    .alias('help', 'h')
    .version(VERSION)
    .epilogue(`${EXIT_CODE_TABLE}\n\n${PASSWORDS}`)
    .showHelpOnFail(false)
    .exitProcess(false)
    .wrap(Math.min(MOST_HELP_WIDTH, width));
}
