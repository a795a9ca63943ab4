import type { CommandModule } from 'yargs';
import type { RawFlags } from '../config/raw-flags.js';
import type { OnCommand } from './command.js';
import { yargsOptions } from './yargs-options.js';

const PREFLIGHT_EXAMPLE = `Example, with a role that may only see; first what it must be granted:
  rowproof preflight --source "$OLD" --target "$NEW" --grants
  rowproof preflight --source "$OLD" --target "$NEW" --runbook run.md`;

const CUTOVER_EXAMPLE = `Examples:
  rowproof cutover --source "$OLD" --target "$NEW" --fixes .
  rowproof apply fixes.target.sql --target "$NEW"
  rowproof cutover --source "$OLD" --target "$NEW" --rows run.json
  rowproof cutover --source "$OLD" --target "$NEW" --after`;

const codes = (open: string, closed: string): string => `Exit codes:
  0    ${open}: nothing that was checked speaks against it, or it was accepted
  1    ${closed}: at least one check failed
  2    wrong usage, or nothing to compare
  3    CANNOT SAY: no check failed, but an essential one could not be made
  4    could not ask: no connection, internal error
  130  interrupted`;

/** `rowproof preflight`; `passwords` says where they may come from. */
export function preflightCommand(onCommand: OnCommand, passwords: string): CommandModule {
  return {
    command: 'preflight',
    describe: 'Can this migration work? Everything but rows, before the load or beside it; reads only',
    builder: (preflight) =>
      preflight
        .usage(
          'Says whether a migration can work, before rows are compared; reads only.\n\n$0 preflight --source URL --target URL [flags]',
        )
        .options(yargsOptions('preflight'))
        .epilogue(`${PREFLIGHT_EXAMPLE}\n\n${codes('READY', 'NOT READY')}\n\n${passwords}`),
    handler: ({ _, $0, ...flags }) =>
      onCommand({ kind: 'preflight', flags: flags as RawFlags }, { _, ...flags }),
  };
}

/** `rowproof cutover`; `passwords` says where they may come from. */
export function cutoverCommand(onCommand: OnCommand, passwords: string): CommandModule {
  return {
    command: 'cutover',
    describe: 'May we switch now? Rows and everything besides, as of the last reading; reads only',
    builder: (cutover) =>
      cutover
        .usage(
          'Says whether to switch now: rows, and everything besides; reads only.\n\n$0 cutover --source URL --target URL [flags]',
        )
        .options(yargsOptions('cutover'))
        .epilogue(`${CUTOVER_EXAMPLE}\n\n${codes('GO', 'NO-GO')}\n\n${passwords}`),
    handler: ({ _, $0, ...flags }) =>
      onCommand({ kind: 'cutover', flags: flags as RawFlags }, { _, ...flags }),
  };
}
