import type { CommandModule } from 'yargs';
import type { RawFlags } from '../config/raw-flags.js';
import { named, type OnCommand } from './command.js';
import { yargsOptions } from './yargs-options.js';

const WAIVE_EXAMPLES = `Examples:
  Accept each row of a run that differs:
    rowproof waive run.json --differences rows.ndjson --rows all \\
      --owner ops --reason "test accounts, OPS-12" --expires 2026-12-31
  Accept a cause that the run proved, as long as no further row shows it:
    rowproof waive run.json --cause letter-case --table public.users \\
      --owner ops --reason "codes are upper case now" --expires 2026-12-31`;

const BASELINE_EXAMPLE = `Example:
  rowproof baseline accept run.json --differences rows.ndjson \\
    --baseline rowproof-baseline.json --because "known since the pilot, OPS-7"`;

/** `rowproof waive RUN.json`. */
export function waiveCommand(onCommand: OnCommand): CommandModule {
  return {
    command: 'waive <run>',
    describe: 'Accept differences of a saved run, with reason, owner and expiry',
    builder: (waive) =>
      waive
        .usage(
          'Adds differences of a run that was saved with --report json=PATH to the waivers.\n\n$0 waive RUN.json [flags]',
        )
        .positional('run', { type: 'string', description: 'A saved JSON result', demandOption: true })
        .options(yargsOptions('waive'))
        .epilogue(WAIVE_EXAMPLES),
    handler: ({ _, $0, run, ...flags }) =>
      onCommand({ kind: 'waive', path: named(run, 'waive'), flags: flags as RawFlags }, { _, ...flags }),
  };
}

/** `rowproof baseline accept RUN.json`. */
export function baselineCommand(onCommand: OnCommand): CommandModule {
  return {
    command: 'baseline <action> <run>',
    describe: 'Take the differences of a saved run for known: baseline accept RUN.json',
    builder: (baseline) =>
      baseline
        .usage(
          'Takes the differences of a saved run for known, for verify --fail-on new.\n\n$0 baseline accept RUN.json [flags]',
        )
        .positional('action', { type: 'string', description: 'accept', demandOption: true })
        .positional('run', { type: 'string', description: 'A saved JSON result', demandOption: true })
        .options(yargsOptions('baseline'))
        .epilogue(BASELINE_EXAMPLE),
    handler: ({ _, $0, action, run, ...flags }) =>
      onCommand(
        {
          kind: 'baseline',
          action: named(action, 'baseline'),
          path: named(run, 'baseline'),
          flags: flags as RawFlags,
        },
        { _, ...flags },
      ),
  };
}

/** `rowproof history DIR`. */
export function historyCommand(onCommand: OnCommand): CommandModule {
  return {
    command: 'history <dir>',
    describe: 'Say which rows are new, persist and are healed, run by run; needs no database',
    builder: (history) =>
      history
        .usage(
          'Says of each table which rows are new, persist and are healed, run by run.\n\n$0 history DIR [flags]',
        )
        .positional('dir', {
          type: 'string',
          description: 'The folder that verify --history adds to',
          demandOption: true,
        })
        .options(yargsOptions('history')),
    handler: ({ _, $0, dir, ...flags }) =>
      onCommand({ kind: 'history', path: named(dir, 'history'), flags: flags as RawFlags }, { _, ...flags }),
  };
}
