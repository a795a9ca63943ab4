import type { Parts } from '../app/read-parts.js';
import { optionError, type RawFlags, readSwitch, readText } from '../config/raw-flags.js';
import type { RunConfig } from '../config/run-config.js';
import { formatCounted } from '../words/number-text.js';
import { visibleLine } from '../words/visible-text.js';
import { type VerifyCommand, verifySettings } from './run-verify.js';
import { PAST_FLAGS, saidAgain, settingsOf } from './said-again.js';

interface MergeCommand extends VerifyCommand {
  /** The files of the parts. */
  readonly paths: readonly string[];
}

/**
 * Does what `rowproof merge` was asked to: joins the parts of a planned run into one result. Rows are not read again; both servers are asked
 * what their schemas are now, why rows differ, and what a repair must know.
 */
export async function runMerge(command: MergeCommand): Promise<number> {
  const { flags, io, paths } = command;
  // Loaded late: no other command reads parts.
  const { readParts } = await import('../app/read-parts.js');
  const parts = await readParts(paths);
  const { config } = parts.plan.asked as { readonly config: RunConfig };
  const count = parts.plan.parts.length;
  io.stderr.write(
    `${visibleLine(`Merging ${formatCounted(parts.parts.length, 'part')} of ${count}, plan ${parts.plan.id.slice(0, 12)}`)}\n`,
  );
  const { 'same-data': sameData, source: _, target: __, ...outputs } = flags;
  const showValues =
    config.showValues && parts.parts.every((part) => part.showValues) && !readSwitch(flags, 'hide-values');
  const settings = settingsOf({ ...saidAgain(config, flags), maxRuntimeMs: null, showValues }, outputs);
  refuseRepairInVain(parts, flags);
  const areHidden = parts.parts.some((part) => !part.showValues);
  if (areHidden) refusePast(flags);
  const isSameData = readSwitch({ 'same-data': sameData }, 'same-data');
  return verifySettings(
    { settings, earlier: null, isSameData, share: null, parts, rotation: null },
    areHidden ? withoutWaivers(command) : command,
  );
}

/** Repair SQL is made of values, which parts may have been told to keep out of their files. */
function refuseRepairInVain({ parts }: Parts, flags: RawFlags): void {
  const hidden = parts.find((part) => !part.showValues);
  if (readText(flags, 'repair') === undefined || hidden === undefined) return;
  throw optionError({
    option: '--repair',
    message: `Expected parts with values for --repair, got ${hidden.path}, which was read with values hidden.`,
    hint: 'Read the parts again without --hide-values, or leave --repair out.',
  });
}

/** Of rows without values it cannot be said whether they differ as they did: whatever was accepted would cover new damage too. */
function refusePast(flags: RawFlags): void {
  const asked = PAST_FLAGS.find((name) => name !== 'key-file' && flags[name] !== undefined);
  if (asked === undefined) return;
  throw optionError({
    option: `--${asked}`,
    message: `Expected parts with values for --${asked}, got some that were read with --hide-values.`,
    hint: 'Read the parts without --hide-values, and hide values in the merge.',
  });
}

/** For the same reason no waivers of the working folder are looked for. */
function withoutWaivers(command: MergeCommand): MergeCommand {
  return { ...command, flags: { ...command.flags, 'no-config': true } };
}
