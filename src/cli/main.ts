import type { CliIo } from './cli-io.js';
import { guardProcess, openProcessIo } from './process-io.js';
import { runCli } from './run-cli.js';

/**
 * Runs the program for `bin/rowproof.js`. It sets the exit code and lets the process end by itself, since ending it
 * would cut off what is still being written to a pipe.
 */
export async function main(argv: readonly string[], io?: CliIo): Promise<void> {
  if (io === undefined) guardProcess();
  process.exitCode = await runCli(argv, io ?? openProcessIo(), {
    // Loaded late, so that --help does not wait for database packages.
    verify: async (config, hooks) => (await import('../verify.js')).verify(config, hooks),
    plan: async (config) => (await import('../config/plan-run.js')).planRun(config),
    apply: async (options) => (await import('../apply/apply-repair.js')).applyRepair(options),
  });
}
