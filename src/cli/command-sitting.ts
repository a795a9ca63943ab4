import type { SavedRun } from '../app/saved-runs.js';
import type { Sitting } from '../app/sitting.js';
import type { VerifyOutcome } from '../app/verify.js';
import { formatCounted } from '../words/number-text.js';
import type { CliIo } from './cli-io.js';
import { outputFlags, readJournalPlace } from './journal-folder.js';
import type { Settings } from './read-settings.js';

/** What a command says of the sitting that it is. */
interface AskedSitting {
  readonly settings: Settings;
  readonly earlier: SavedRun | null;
  readonly isSameData: boolean;
  readonly io: CliIo;
}

/** Opens the sitting of a run, and names runs that lie about. */
export async function openCommandSitting(
  { settings, earlier, isSameData, io }: AskedSitting,
  say: (sentence: string) => void,
): Promise<Sitting> {
  const { config, flags } = settings;
  const { folder, isNamed, isUnwanted } = readJournalPlace(flags, io.env);
  if (isUnwanted) return { journal: null, earlier, isSameData };
  // Loaded late: the command line is read without it.
  const { openSitting } = await import('../app/open-sitting.js');
  if (folder !== null) await nameOldRuns(folder, say);
  const outputs = outputFlags(flags);
  return openSitting({ folder, isNamed, config, outputs, earlier, isSameData, onWarning: say });
}

async function nameOldRuns(folder: string, say: (sentence: string) => void): Promise<void> {
  const { findOldRuns, OLD_DAYS } = await import('../app/saved-runs.js');
  let old: ReturnType<typeof findOldRuns>;
  try {
    old = findOldRuns(folder);
  } catch {
    // What is wrong with the folder is said once something is to be kept in it.
    return;
  }
  if (old.length === 0) return;
  say(
    `${formatCounted(old.length, 'run')} in ${folder} ${old.length === 1 ? 'waits' : 'wait'} for more than ${OLD_DAYS} days: ${old.map(({ run }) => run).join(', ')}. rowproof runs lists and deletes them.`,
  );
}

/** How to go on with a run of which rows are open; empty where none are. */
export function describeResume({
  result,
  resumable,
  settings,
  io,
}: Pick<VerifyOutcome, 'result' | 'resumable'> & Pick<AskedSitting, 'settings' | 'io'>): string {
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
