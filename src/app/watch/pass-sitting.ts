import type { RunConfig } from '../../config/run-config.js';
import type { RowproofError } from '../../core/errors.js';
import { readRun, type SavedRun } from '../../state/journal/read-sitting.js';
import { FLUSH_MS, RunJournal } from '../../state/journal/run-journal.js';
import type { WatchTerm } from '../../state/watch/watch-folder.js';
import { withoutPasswords } from '../asked-config.js';
import type { Sitting } from '../sitting.js';

/** Reads all rows, or only those again that differed or were not compared in the pass before it. */
export type TurnKind = 'pass' | 'look';

/** What a sitting of a watch is about, as its journal keeps it. */
export interface AskedPass {
  readonly kind: TurnKind;
  readonly pass: number;
}

/** What is known of the last pass of a watch, by a term or by the one before it; null where nothing was kept. */
export function readLastPass({ place, name }: WatchTerm): SavedRun | null {
  return readRun(place.folder, name);
}

/** Which pass a journal is about; null where it is of no watch. */
export function readAskedPass({ head }: Pick<SavedRun, 'head'>): AskedPass | null {
  return (head.asked.watch as AskedPass | undefined) ?? null;
}

interface PassSitting {
  readonly term: WatchTerm;
  readonly config: RunConfig;
  readonly asked: AskedPass;
  /** What was kept last; its file goes once this sitting has its own. */
  readonly last: SavedRun | null;
  /** Whether it goes on with that. */
  readonly goesOn: boolean;
  readonly onFailure: (error: RowproofError) => void;
}

/** Opens the sitting of a pass in the journal of a term. */
export function openPassSitting({ term, config, asked, last, goesOn, onFailure }: PassSitting): Sitting {
  const journal = new RunJournal({
    folder: term.place.folder,
    earlier: last,
    asked: { config: withoutPasswords(config), watch: asked },
    flushMs: FLUSH_MS,
    now: () => new Date(),
    lastingName: term.name,
    keepsDifferences: true,
    onFailure,
  });
  return {
    journal,
    earlier: goesOn ? last : null,
    isSameData: false,
    share: null,
    parts: null,
    rotation: null,
  };
}
