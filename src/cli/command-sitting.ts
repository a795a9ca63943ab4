import type { Parts } from '../app/read-parts.js';
import type { Rotation } from '../app/rotation.js';
import type { VerifyOutcome } from '../app/run-hooks.js';
import type { SavedRun } from '../app/saved-runs.js';
import type { Sitting } from '../app/sitting.js';
import { withoutPassword } from '../config/redact-passwords.js';
import type { RunConfig } from '../config/run-config.js';
import type { Share } from '../core/share.js';
import { formatCounted } from '../words/number-text.js';
import type { CliIo } from './cli-io.js';
import { outputFlags, readJournalPlace } from './journal-folder.js';
import type { OutputPlan } from './output-plan.js';
import type { Settings } from './read-settings.js';

/** What to verify, and which sitting of a run it is. */
export interface SittingAsk {
  readonly settings: Settings;
  readonly earlier: SavedRun | null;
  readonly isSameData: boolean;
  readonly share: Share | null;
  readonly parts: Parts | null;
  readonly rotation: Rotation | null;
}

interface AskedSitting extends SittingAsk {
  readonly plan: Pick<OutputPlan, 'quiet'>;
  readonly io: CliIo;
}

/** Opens the sitting of a run, and names runs that lie about. */
export async function openCommandSitting(
  { settings, earlier, isSameData, share, parts, rotation, plan, io }: AskedSitting,
  say: (sentence: string) => void,
): Promise<Sitting> {
  const { config, flags } = settings;
  const { folder, isNamed, isUnwanted } = readJournalPlace(flags, io.env);
  if (isUnwanted || parts !== null) return { journal: null, earlier, isSameData, share, parts, rotation };
  // Loaded late: the command line is read without it.
  const { openSitting } = await import('../app/open-sitting.js');
  const remark = plan.quiet ? () => undefined : say;
  if (folder !== null) await nameOldRuns(folder, remark);
  const outputs = outputFlags(flags);
  const before = rotation === null || folder === null ? earlier : await openRotation(folder, config);
  return openSitting({
    folder,
    isNamed,
    config,
    outputs,
    rotation,
    earlier: before,
    isSameData,
    share,
    remark,
    onWarning: say,
  });
}

/** What earlier nights have compared; null in the first. */
async function openRotation(folder: string, config: RunConfig): Promise<SavedRun | null> {
  const { nameRotation } = await import('../app/open-sitting.js');
  const { listKeptRuns, openKeptRun } = await import('../app/saved-runs.js');
  const name = nameRotation(config);
  return listKeptRuns(folder).some(({ run }) => run === name) ? openKeptRun(folder, name) : null;
}

async function nameOldRuns(folder: string, say: (sentence: string) => void): Promise<void> {
  const { OLD_DAYS, tidyRuns } = await import('../app/saved-runs.js');
  let old: ReturnType<typeof tidyRuns>;
  try {
    old = tidyRuns(folder);
  } catch {
    // What is wrong with the folder is said once something is to be kept in it.
    return;
  }
  if (old.length === 0) return;
  say(
    `${formatCounted(old.length, 'run')} in ${folder} ${old.length === 1 ? 'waits' : 'wait'} for more than ${OLD_DAYS} days: ${old.map(({ run }) => run).join(', ')}. rowproof runs lists and deletes them.`,
  );
}

/** How to read again only what differed in a run that was kept. */
export function describeOnly({
  sitting,
  settings,
  io,
}: { readonly sitting: Sitting } & Pick<AskedSitting, 'settings' | 'io'>): {
  readonly command: string;
  readonly needsUrls: boolean;
} {
  const { folder, isNamed } = readJournalPlace(settings.flags, io.env);
  const { sourceUrl, targetUrl } = settings.config;
  return {
    command: `rowproof verify --only ${sitting.journal?.run}${isNamed ? ` --journal ${shellWord(folder ?? '')}` : ''}`,
    needsUrls: [sourceUrl, targetUrl].some((url) => withoutPassword(url) !== url),
  };
}

/** How to go on with a run of which rows are open; empty where none are. */
export function describeResume({
  result,
  resumable,
  settings,
  io,
}: Pick<VerifyOutcome, 'resumable'> & {
  readonly result: Pick<VerifyOutcome['result'], 'interrupted'>;
} & Pick<AskedSitting, 'settings' | 'io'>): string {
  const { folder, isNamed, isUnwanted } = readJournalPlace(settings.flags, io.env);
  if (resumable !== null) {
    const where = isNamed ? ` --journal ${shellWord(folder ?? '')}` : '';
    return `To go on: rowproof resume ${resumable}${where}\n`;
  }
  if (!result.interrupted || isUnwanted) return '';
  return 'This run cannot be resumed: nothing of it was kept.\n';
}

/** A word as a shell takes it for one. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
