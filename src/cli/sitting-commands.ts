import type { CommandModule } from 'yargs';
import type { RawFlags } from '../config/raw-flags.js';
import { named, type OnCommand } from './command.js';
import { yargsOptions } from './yargs-options.js';

const RESUME_NOTE =
  'What is compared is what the run was asked when it began: no config file is read. How fast it goes on, and where results go, stays as it was, unless it is said again. A URL is only needed for a password that is in none of the usual places, or after a server has moved.';

const MERGE_NOTE =
  'Both servers are asked what their schemas are, why rows differ, and with --repair what a repair must know. A part that is missing makes its rows unverified (exit 3); one of another plan is refused (exit 2).';

/** `rowproof resume [RUN]`; `epilogue` is what `verify` says of exit codes and passwords. */
export function resumeCommand(onCommand: OnCommand, epilogue: string): CommandModule {
  return {
    command: 'resume [run]',
    describe: 'Go on with a run that was stopped',
    builder: (resume) =>
      resume
        .usage(
          'Goes on with a run that was stopped: reads what is open, and looks at rows again that differed.\n\n$0 resume [RUN] [flags]',
        )
        .positional('run', { type: 'string', description: 'The run, where several wait' })
        .options(yargsOptions('resume'))
        .epilogue(`${RESUME_NOTE}\n\n${epilogue}`),
    handler: ({ _, $0, run, ...flags }) =>
      onCommand(
        { kind: 'resume', run: run === undefined ? null : named(run, 'resume'), flags: flags as RawFlags },
        { _, ...flags },
      ),
  };
}

/** `rowproof runs`. */
export function runsCommand(onCommand: OnCommand): CommandModule {
  return {
    command: 'runs',
    describe: 'List the runs that wait to go on, or delete them',
    builder: (runs) =>
      runs
        .usage('Lists the runs that wait to go on, or deletes them.\n\n$0 runs [flags]')
        .options(yargsOptions('runs')),
    handler: ({ _, $0, ...flags }) => onCommand({ kind: 'runs', flags: flags as RawFlags }, { _, ...flags }),
  };
}

/** `rowproof merge PART.json…`; `epilogue` is what `verify` says of exit codes and passwords. */
export function mergeCommand(onCommand: OnCommand, epilogue: string): CommandModule {
  return {
    command: 'merge <part..>',
    describe: 'Join the parts of a planned run into one result; reads no rows',
    builder: (merge) =>
      merge
        .usage(
          'Joins the parts of a run that rowproof plan --parts divided into one result; reads no rows.\n\n$0 merge PART.json… [flags]',
        )
        .positional('part', {
          type: 'string',
          array: true,
          description: 'Files that verify --part wrote',
          demandOption: true,
        })
        .options(yargsOptions('merge'))
        .epilogue(`${MERGE_NOTE}\n\n${epilogue}`),
    handler: ({ _, $0, part, ...flags }) =>
      onCommand(
        {
          kind: 'merge',
          paths: [part ?? []].flat().map((path) => named(path, 'merge')),
          flags: flags as RawFlags,
        },
        { _, ...flags },
      ),
  };
}
