import type { ApplyOptions, ApplyProgress } from '../apply/apply-options.js';
import { type ApplyPlan, type ApplyResult, exitCodeOfApply, type LeftRow } from '../apply/apply-result.js';
import { filesOfUrls, refuseInputsAsOutputs, refuseSharedFiles } from '../config/file-place.js';
import { APPLY_OPTIONS } from '../config/options/apply-options.js';
import { optionError, type RawFlags, readSwitch, readText } from '../config/raw-flags.js';
import { readQuantity } from '../config/read-option.js';
import { redactPasswords } from '../config/redact-passwords.js';
import type { Log } from '../core/log.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { formatApplyPlan, formatApplyResult, formatLeftRow, formatUnlisted } from './apply-text.js';
import type { CliIo } from './cli-io.js';
import { listenForInterrupts } from './interruption.js';
import { openLog, plannedLog, readLogPath } from './open-log.js';

/** The applying itself, handed in so that the command line can be tested without a database. */
export type Apply = (options: ApplyOptions) => Promise<ApplyResult>;

interface ApplyCommand {
  readonly path: string;
  readonly flags: RawFlags;
  readonly io: CliIo;
  readonly apply: Apply;
}

/** So many rows are in the JSON result, and so many are printed; of the others there is the count. */
const MOST_LISTED = 1000;
const MOST_PRINTED = 100;
const PROGRESS_MS = 1000;

/** Does what `rowproof apply` was asked to; nothing is written before somebody said yes. */
export async function runApply({ path, flags, io, apply }: ApplyCommand): Promise<number> {
  const settings = readApplyFlags(flags);
  if (!settings.yes && !settings.dryRun && io.confirm === undefined) {
    throw optionError({
      option: '--yes',
      message: 'Expected --yes, because nobody can be asked here: there is no terminal.',
      hint: 'Look with --dry-run first, then apply with --yes.',
    });
  }
  const planned = plannedLog(settings.log);
  refuseInputsAsOutputs(planned, [path, settings.applied ?? path, ...filesOfUrls([settings.target], io.env)]);
  refuseSharedFiles([
    ...planned,
    ...(settings.undo === undefined ? [] : [{ flag: '--undo', path: settings.undo }]),
  ]);
  const command = openLog({ path: settings.log, io, hidesValues: true });
  try {
    return await command.during(async () => {
      const { log } = command;
      // Loaded late: most files are repairs.
      const { isFixesFile } = await import('../apply/fixes/read-fixes.js');
      if (!isFixesFile(path)) return await applyLogged({ path, settings, io, apply, log });
      const { runFixes } = await import('./run-fixes.js');
      return await runFixes({ ...settings, path, url: settings.target, io, log });
    });
  } finally {
    command.close();
  }
}

interface LoggedApply extends Omit<ApplyCommand, 'flags'> {
  readonly settings: ApplySettings;
  readonly log: Log;
}

async function applyLogged({ path, settings, io, apply, log }: LoggedApply): Promise<number> {
  const say = (text: string): void => void (settings.quiet || io.stderr.write(`${text}\n`));
  const left: LeftRow[] = [];
  let leftRows = 0;
  const interruption = listenForInterrupts({ io, say, onSecond: () => undefined });
  try {
    const result = await apply({
      path,
      targetUrl: settings.target,
      undoPath: settings.undo ?? null,
      toldPath: settings.applied ?? null,
      dryRun: settings.dryRun,
      otherTarget: settings.otherTarget,
      lockTimeoutMs: settings.lockTimeoutMs,
      signal: interruption.signal,
      log,
      confirm: (plan) => confirmPlan(plan, { settings, io }),
      onWarning: (sentence) => say(`Warning: ${sentence}`),
      onProgress: throttle(io, say),
      onUndoFinished: (undo) => say(`An earlier run was cut off: what takes it back is in ${undo}.`),
      onLeft: (row) => {
        leftRows++;
        if (settings.json) {
          if (leftRows <= MOST_LISTED) left.push(row);
        } else if (leftRows <= MOST_PRINTED) io.stdout.write(`${redactPasswords(formatLeftRow(row))}\n`);
      },
    });
    if (!settings.json) io.stdout.write(formatUnlisted(leftRows - MOST_PRINTED, MOST_LISTED));
    io.stdout.write(
      settings.json
        ? `${redactPasswords(JSON.stringify({ ...result, left }, null, 2))}\n`
        : result.dryRun
          ? formatApplyPlan(result.plan)
          : formatApplyResult(result),
    );
    return exitCodeOfApply(result);
  } finally {
    interruption.close();
  }
}

interface ApplySettings {
  readonly target: string;
  readonly undo: string | undefined;
  readonly applied: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly otherTarget: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly lockTimeoutMs: number;
  readonly log: string | null;
}

function readApplyFlags(flags: RawFlags): ApplySettings {
  const target = readText(flags, 'target');
  if (target === undefined) {
    throw optionError({
      option: '--target',
      message: 'Expected --target URL, got none.',
      hint: 'Name the database that the file was written for: its header says which.',
    });
  }
  return {
    target,
    undo: readText(flags, 'undo'),
    applied: readText(flags, 'applied'),
    yes: readSwitch(flags, 'yes'),
    dryRun: readSwitch(flags, 'dry-run'),
    otherTarget: readSwitch(flags, 'other-target'),
    log: readLogPath(flags),
    json: readSwitch(flags, 'json'),
    quiet: readSwitch(flags, 'quiet'),
    lockTimeoutMs: Math.round(readQuantity(flags, APPLY_OPTIONS.lockTimeout)),
  };
}

async function confirmPlan(
  plan: ApplyPlan,
  { settings, io }: { settings: ApplySettings; io: CliIo },
): Promise<boolean> {
  if (!settings.quiet || !settings.yes) io.stderr.write(formatApplyPlan(plan));
  if (settings.yes || io.confirm === undefined) return settings.yes;
  return await io.confirm(`Apply this to ${plan.target}? [y/N] `);
}

/** A line a second on a terminal; none where stderr is a log. */
function throttle(io: CliIo, say: (text: string) => void): (progress: ApplyProgress) => void {
  let lastMs = io.now();
  return ({ step, rows, of }) => {
    if (io.stderr.isTTY !== true || io.now() - lastMs < PROGRESS_MS) return;
    lastMs = io.now();
    say(`${step === 'apply' ? 'Applied' : 'Verified'} ${formatCount(rows)} of ${formatCounted(of, 'row')}`);
  };
}
