import type { CommandModule } from 'yargs';
import type { RawFlags } from '../config/raw-flags.js';
import type { OnCommand } from './command.js';
import { yargsOptions } from './yargs-options.js';

const EXAMPLE = `Example, until it is time to switch:
  rowproof watch --source "$OLD" --target "$NEW" \\
    --until ready --max-lag 5s --until-timeout 8h --state /run/rowproof.json`;

const EXIT_CODE_TABLE = `Exit codes:
  0    --until ready: a whole pass found no difference and left nothing open, and the
       target is no further behind than --max-lag
  1    --stop-on-difference: a difference was confirmed
  2    wrong usage, or nothing to compare
  3    --until-timeout: it was not ready in time
  4    could not run: no connection at the first pass, internal error
  130  interrupted; the next start goes on`;

/** `rowproof watch`; `passwords` says where they may come from. */
export function watchCommand(onCommand: OnCommand, passwords: string): CommandModule {
  return {
    command: 'watch',
    describe: 'Compare live databases pass after pass, until it is time to switch; reads only',
    builder: (watch) =>
      watch
        .usage(
          'Compares live databases pass after pass, until it is time to switch; reads only.\n\n$0 watch --source URL --target URL [flags]',
        )
        .options(yargsOptions('watch'))
        .epilogue(`${EXAMPLE}\n\n${EXIT_CODE_TABLE}\n\n${passwords}`),
    handler: ({ _, $0, ...flags }) => onCommand({ kind: 'watch', flags: flags as RawFlags }, { _, ...flags }),
  };
}
