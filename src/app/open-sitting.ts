import { withoutPassword } from '../config/redact-passwords.js';
import type { RunConfig } from '../config/run-config.js';
import { openJournalFolder } from '../state/journal/journal-folder.js';
import type { SavedAsk } from '../state/journal/journal-format.js';
import type { SavedRun } from '../state/journal/read-sitting.js';
import { FLUSH_MS, RunJournal } from '../state/journal/run-journal.js';
import { findClockCondition } from './clock-condition.js';
import type { Sitting } from './sitting.js';

/** What is asked of a run's journal. */
export interface SittingRequest {
  /** The folder of journals; null for none. */
  readonly folder: string | null;
  /** Whether the user named the folder, so that it must be fit for a journal before a row is read. */
  readonly isNamed: boolean;
  readonly config: RunConfig;
  /** The words of the output flags, with absolute paths. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly earlier: SavedRun | null;
  readonly isSameData: boolean;
  /** Is told why the run cannot be resumed. */
  readonly onWarning: (sentence: string) => void;
}

/** Opens a sitting; throws where the user named a folder that is not fit to keep it. */
export function openSitting(request: SittingRequest): Sitting {
  const { folder, isNamed, config, outputs, earlier, isSameData, onWarning } = request;
  const reason = whyNotKept(request);
  if (folder === null || reason !== null) {
    if (reason !== null) onWarning(`This run cannot be resumed: ${reason}.`);
    return { journal: null, earlier, isSameData };
  }
  if (isNamed) openJournalFolder(folder);
  const journal = new RunJournal({
    folder,
    earlier,
    asked: saveAsk(config, outputs),
    flushMs: FLUSH_MS,
    now: () => new Date(),
    onFailure: ({ message }) =>
      onWarning(`Nothing more is kept of this run, which cannot be resumed: ${message}`),
  });
  return { journal, earlier, isSameData };
}

function whyNotKept({ folder, config }: SittingRequest): string | null {
  const table = findClockCondition(config);
  if (table !== null) return `the condition on ${table} means other rows at another time`;
  return folder === null ? 'no home folder is known to keep a journal in; name one with --journal DIR' : null;
}

/** All that was asked, without passwords: they come from their usual places again. */
function saveAsk(config: RunConfig, outputs: SittingRequest['outputs']): SavedAsk {
  const [sourceUrl, targetUrl] = [withoutPassword(config.sourceUrl), withoutPassword(config.targetUrl)];
  return { config: { ...config, sourceUrl, targetUrl }, outputs };
}

/** What was asked of a run that is taken up again. */
export function readAsk({ head }: SavedRun): {
  readonly config: RunConfig;
  readonly outputs: Readonly<Record<string, unknown>>;
} {
  // The journal is this user's own file, checked line by line against its checksums.
  const { config, outputs } = head.asked as unknown as {
    config: RunConfig;
    outputs: Record<string, unknown>;
  };
  return { config, outputs };
}
