import { type RawFlags, readSwitch } from '../config/raw-flags.js';
import type { RunConfig } from '../config/run-config.js';
import type { RunPlan } from '../core/plan.js';
import { EXIT_CODES, exitCodeOf } from '../core/verdict.js';
import { formatPlan, formatPlanJson } from '../report/plan-report.js';
import { visibleLine } from '../report/visible-text.js';
import type { CliIo } from './cli-io.js';
import { readSettings, type Settings } from './read-settings.js';
import { planVerifyOutputs } from './verify-outputs.js';

/** The planning itself, handed in so that the command line can be tested without a database. */
export type Plan = (config: RunConfig, onWarning: (sentence: string) => void) => Promise<RunPlan>;

interface PlanCommand {
  readonly flags: RawFlags;
  readonly io: CliIo;
  readonly plan: Plan;
  readonly keepSecret: (text: string) => void;
}

/** Plans what `verify` would do with the same settings, where it would do anything. */
async function planSettings(
  settings: Settings,
  { io, plan, warn }: Pick<PlanCommand, 'io' | 'plan'> & { readonly warn: (sentence: string) => void },
): Promise<RunPlan> {
  try {
    planVerifyOutputs(settings, io);
    return await plan(settings.config, warn);
  } catch (error) {
    throw settings.explain(error);
  }
}

/** Does what `rowproof plan` was asked to; its exit code is the run's, as far as that is sure before a row is read. */
export async function runPlan({ flags, io, plan, keepSecret }: PlanCommand): Promise<number> {
  const { json, ...rest } = flags;
  const settings = await readSettings({ flags: rest, io, keepSecret });
  const warn = (sentence: string) => void io.stderr.write(`${visibleLine(`Warning: ${sentence}`)}\n`);
  // Nothing is to be kept of a plan that is not made to its end.
  const stopListening = io.onInterrupt(() => io.exit(EXIT_CODES.interrupted));
  const made = await planSettings(settings, { io, plan, warn }).finally(stopListening);
  io.stdout.write(readSwitch({ json }, 'json') ? formatPlanJson(made) : formatPlan(made));
  return made.expected === null ? EXIT_CODES.clean : exitCodeOf(made.expected);
}
