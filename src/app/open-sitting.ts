import { hashConfig } from '../config/config-hash.js';
import type { RunConfig } from '../config/run-config.js';
import type { Share } from '../core/share.js';
import { openJournalFolder } from '../state/journal/journal-folder.js';
import type { SavedAsk } from '../state/journal/journal-format.js';
import type { SavedRun } from '../state/journal/read-sitting.js';
import { FLUSH_MS, RunJournal } from '../state/journal/run-journal.js';
import { withoutPasswords } from './asked-config.js';
import { findClockCondition } from './clock-condition.js';
import type { Rotation } from './rotation.js';
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
  /** The part of a planned run that it is; null for all of a run. */
  readonly share: Share | null;
  readonly isSameData: boolean;
  readonly rotation: Rotation | null;
  /** Is told before the run why it cannot be resumed. */
  readonly remark: (sentence: string) => void;
  /** Is told when it could have been and cannot be any more. */
  readonly onWarning: (sentence: string) => void;
}

/** Opens a sitting; throws where the user named a folder that is not fit to keep it. */
export function openSitting(request: SittingRequest): Sitting {
  const { folder, isNamed, earlier, isSameData, share, rotation, remark, onWarning } = request;
  const reason = whyNotKept(request);
  if (folder === null || reason !== null) {
    if (reason !== null) remark(`This run cannot be resumed: ${reason}.`);
    return { journal: null, earlier, isSameData, share, parts: null, rotation };
  }
  if (isNamed) openJournalFolder(folder);
  const journal = new RunJournal({
    folder,
    earlier,
    asked: saveAsk(request),
    flushMs: FLUSH_MS,
    keepsDifferences: isNamed,
    lastingName: rotation === null ? null : nameRotation(request.config),
    now: () => new Date(),
    onFailure: ({ message }) =>
      onWarning(`Nothing more is kept of this run, which cannot be resumed: ${message}`),
  });
  return { journal, earlier, isSameData, share, parts: null, rotation };
}

function whyNotKept({ folder, config }: SittingRequest): string | null {
  const table = findClockCondition(config);
  if (table !== null) return `the condition on ${table} means other rows at another time`;
  return folder === null ? 'no home folder is known to keep a journal in; name one with --journal DIR' : null;
}

/** What was asked of a run, as its journal keeps it. */
export interface AskedRun {
  readonly config: RunConfig;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly share: Share | null;
  readonly rotation: Rotation | null;
}

/** The rotation over what a config asks: the same in every night that asks the same. */
export function nameRotation(config: RunConfig): string {
  return `rotation-${hashConfig(config).askedHash}`;
}

function saveAsk({ config, outputs, share, rotation }: SittingRequest): SavedAsk {
  return { config: withoutPasswords(config), outputs, share, rotation };
}

/** What was asked of a run that is taken up again. */
export function readAsk({ head }: SavedRun): AskedRun {
  // The journal is this user's own file, checked line by line against its checksums.
  return head.asked as unknown as AskedRun;
}
