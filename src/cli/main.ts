import { VERSION } from '../config/version.js';
import { EXIT_CODES } from '../core/verdict.js';
import type { CliIo } from './cli-io.js';
import { guardProcess, openProcessIo } from './process-io.js';

/** What a stopped run gets to write out what is on its way to a pipe. */
const LAST_WORDS_MS = 500;

/**
 * Runs the program for `bin/rowproof.js`. It sets the exit code and lets the process end by itself, since ending it
 * would cut off what is still being written to a pipe.
 */
export async function main(argv: readonly string[], io?: CliIo): Promise<void> {
  if (io === undefined) guardProcess();
  const opened = io ?? openProcessIo();
  if (argv.length === 1 && argv[0] === '--version') {
    opened.stdout.write(`${VERSION}\n`);
    return;
  }
  // Loaded late, so that asking for the version loads nothing at all.
  const { runCli } = await import('./run-cli.js');
  const exitCode = await runCli(argv, opened, {
    // Loaded late, so that --help does not wait for database packages.
    verify: async (config, hooks) => (await import('../app/verify.js')).verify(config, hooks),
    plan: async (config, hooks) => (await import('../app/plan-run.js')).planRun(config, hooks),
    apply: async (options) => (await import('../apply/apply-repair.js')).applyRepair(options),
  });
  process.exitCode = exitCode;
  // A name that is still being looked up would keep the process of a stopped run for as long as that takes.
  if (exitCode === EXIT_CODES.interrupted) setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
}
