import type { PlanHooks } from '../app/plan-run.js';
import { RUN_OPTIONS } from '../config/options/options.js';
import { optionError, type RawFlags, readSwitch, readText } from '../config/raw-flags.js';
import { readNumber } from '../config/read-option.js';
import { hidesRows, type RunConfig } from '../config/run-config.js';
import type { RunPlan } from '../core/plan.js';
import { EXIT_CODES, exitCodeOf } from '../core/verdict.js';
import { formatPlan, formatPlanJson } from '../report/plan-report.js';
import { visibleLine } from '../words/visible-text.js';
import type { CliIo } from './cli-io.js';
import { openLog } from './open-log.js';
import { type OutputFile, openOutputFile } from './output-file.js';
import { readSettings, type Settings } from './read-settings.js';
import { tellBeside } from './taken-stdout.js';
import { turnSettings } from './turn-settings.js';
import { planVerifyOutputs } from './verify-outputs.js';

/** The planning itself, handed in so that the command line can be tested without a database. */
export type Plan = (config: RunConfig, hooks: Required<PlanHooks>) => Promise<RunPlan>;

interface PlanCommand {
  readonly flags: RawFlags;
  readonly io: CliIo;
  readonly plan: Plan;
  readonly keepSecret: (text: string) => void;
}

/** Does what `rowproof plan` was asked to; its exit code is the run's, as far as that is sure before a row is read. */
export async function runPlan({ flags, io, plan, keepSecret }: PlanCommand): Promise<number> {
  const { json, parts: _, output, ...rest } = flags;
  const settings = await turnSettings(await readSettings({ flags: rest, io, keepSecret }));
  // Nothing is to be kept of a plan that is not made to its end.
  const stopListening = io.onInterrupt(() => io.exit(EXIT_CODES.interrupted));
  const format = readSwitch({ json }, 'json') ? formatPlanJson : formatPlan;
  const parts = readNumber(flags, RUN_OPTIONS.parts);
  const path = readText({ output }, 'output') ?? null;
  refusePartsInVain(parts, path);
  const file = path === null ? null : openOutputFile({ flag: '--output', path, access: 'private' });
  try {
    return await planSettings(settings, { io, plan, format, parts, file });
  } catch (error) {
    throw settings.explain(error);
  } finally {
    file?.discard();
    stopListening();
  }
}

interface PlanWork extends Pick<PlanCommand, 'io' | 'plan'> {
  readonly format: (plan: RunPlan) => string;
  readonly parts: number | null;
  /** Where the plan goes as JSON; null for nowhere. */
  readonly file: OutputFile | null;
}

/** Parts are only parts of one run where all of them read the same file. */
function refusePartsInVain(parts: number | null, path: string | null): void {
  if (parts === null || path !== null) return;
  throw optionError({
    option: '--parts',
    message: 'Expected --output PATH with --parts, got none.',
    hint: 'The file fixes what each part reads: rowproof verify --plan PATH --part 1 takes it.',
  });
}

/** Plans what `verify` would do with the same settings, where it would do anything. */
async function planSettings(
  settings: Settings,
  { io, plan, format, parts, file }: PlanWork,
): Promise<number> {
  const { config } = settings;
  const { logPath } = planVerifyOutputs(settings, io);
  const onWarning = (sentence: string) => void io.stderr.write(`${visibleLine(`Warning: ${sentence}`)}\n`);
  const command = openLog({ path: logPath, io, hidesValues: hidesRows(config) });
  try {
    return await command.during(async () => {
      const made = await plan(config, { onWarning, log: command.log, parts });
      await file?.write([formatPlanJson(made)]);
      tellBeside(io, file === null ? [] : [{ flag: '--output', path: file.path }]).stdout.write(format(made));
      return made.expected === null ? EXIT_CODES.clean : exitCodeOf(made.expected);
    });
  } finally {
    command.close();
  }
}
