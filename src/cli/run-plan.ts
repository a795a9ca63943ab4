import { type RawFlags, readSwitch } from '../config/raw-flags.js';
import { resolveConfig } from '../config/resolve-config.js';
import type { RunConfig } from '../config/run-config.js';
import type { RunPlan } from '../core/plan.js';
import { EXIT_CODES } from '../core/verdict.js';
import { formatPlan } from '../report/plan-report.js';
import type { CliIo } from './cli-io.js';

/** The planning itself, handed in so that the command line can be tested without a database. */
export type Plan = (config: RunConfig) => Promise<RunPlan>;

interface PlanCommand {
  readonly flags: RawFlags;
  readonly io: CliIo;
  readonly plan: Plan;
}

/** Does what `rowproof plan` was asked to; a plan proves nothing, so its exit code only says that it was made. */
export async function runPlan({ flags, io, plan }: PlanCommand): Promise<number> {
  const { json, ...rest } = flags;
  const made = await plan(resolveConfig(rest));
  io.stdout.write(readSwitch({ json }, 'json') ? `${JSON.stringify(made, null, 2)}\n` : formatPlan(made));
  return EXIT_CODES.clean;
}
