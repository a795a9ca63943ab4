import { SIDES } from '../core/pairing.js';
import type { RunResult } from '../core/result.js';
import type { SideSnapshotResult } from '../core/snapshot.js';
import { formatBytes, formatCount, formatCounted, formatDuration } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';
import { listSomeNames } from './name-list.js';

/** What is proved of when rows were read, where snapshots were asked for; completes a sentence that says when. Null without. */
export function formatConsistency({
  consistency,
  snapshot,
}: Pick<RunResult, 'consistency' | 'snapshot'>): string | null {
  if (snapshot === undefined) return null;
  const isSame = snapshot.pause?.asOf != null;
  return consistency === 'snapshot'
    ? isSame
      ? 'Both sides were read as of the same instant'
      : 'Each side was read as of one instant'
    : 'Some rows of each side were read as of one instant, and the others at the moment they were read';
}

/** Of which instant each side was read, and who had to pay for that; none without snapshots. */
export function listSnapshots({ snapshot }: Pick<RunResult, 'snapshot'>): string[] {
  if (snapshot === undefined) return [];
  const { without } = snapshot;
  const rest =
    without.length === 0 ? [] : [`Read at their own moment, all or in part: ${listSomeNames(without)}.`];
  const { asOf = null } = snapshot.pause ?? {};
  const same =
    asOf === null ? [] : [`The target stood where the source did when both were read: ${visibleName(asOf)}.`];
  return [...same, ...SIDES.map((side) => describeSide(side, snapshot[side])), ...rest];
}

function describeSide(side: 'source' | 'target', taken: SideSnapshotResult): string {
  const { takenAt, place, sessions, heldMs, mostOldTransactions, mostUnreplayedBytes } = taken;
  const at = place === null ? '' : ` (${visibleName(place)})`;
  const old =
    mostOldTransactions === null
      ? ''
      : `, the server kept old rows of ${formatCount(mostOldTransactions)} transactions at the most`;
  const behind =
    mostUnreplayedBytes === null ? '' : `, and had ${formatBytes(mostUnreplayedBytes)} not replayed`;
  return `The instant of the ${side} is ${visibleName(takenAt)}${at}, held by ${formatCounted(sessions, 'session')} for ${formatDuration(heldMs)}: ${describeWaiting(taken)}${old}${behind}.`;
}

function describeWaiting({ mostWaiting, isSeen }: SideSnapshotResult): string {
  if (mostWaiting > 0) return `${formatCounted(mostWaiting, 'session')} waited for it until it was ended`;
  return isSeen ? 'nobody waited for it' : 'it could not be seen whether anybody waited for it';
}
