import type { RunResult } from '../core/result.js';
import { formatCount, formatCounted, formatDuration } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';

const SAME_DATA = 'Taken on request: servers that are others than at first hold the same data.';

/** Parts that a line names; of more only the number is said. */
const MOST_NAMED = 5;

/** What a key that moved between two reads can hide. */
const MOVED = 'A row whose key changed between two of them may have been read by neither, or by both';

/** Says of a run that was not read in one go how far apart its reads are; nothing of any other. */
export function listTimes(result: RunResult): string[] {
  const { sittings, part, parts } = result;
  const sentences: string[] = [];
  if (part !== undefined) {
    sentences.push(
      `This is part ${part.part} of ${part.of} of a run, and says nothing of the others: rowproof merge joins them.`,
    );
  }
  if (sittings !== undefined) {
    const since = `${visibleName(sittings.oldestReadAt)}, ${ageAtEnd(result, sittings.oldestReadAt)} before the last`;
    sentences.push(
      `Read in ${formatCounted(sittings.count, 'sitting')}: the oldest of what counts was read at ${since}. ${MOVED}.`,
    );
    if (sittings.isSameData === true) sentences.push(SAME_DATA);
  }
  if (parts !== undefined) {
    const apart = formatDuration(Date.parse(parts.newestReadAt) - Date.parse(parts.oldestReadAt));
    const from = `between ${visibleName(parts.oldestReadAt)} and ${visibleName(parts.newestReadAt)}, ${apart} apart`;
    sentences.push(
      `Joined from ${parts.of - parts.missing.length} of ${formatCounted(parts.of, 'part')}, read ${from}. ${MOVED}.`,
    );
    if (parts.isSameData === true) sentences.push(SAME_DATA);
  }
  return sentences;
}

/** The same for a line that holds all of a result; empty where it was read in one go. */
export function summarizeTimes(result: RunResult): string[] {
  const { sittings, parts } = result;
  const told: string[] = [];
  if (sittings !== undefined)
    told.push(
      `in ${formatCounted(sittings.count, 'sitting')}, oldest read ${ageAtEnd(result, sittings.oldestReadAt)} ago`,
    );
  if (parts !== undefined) {
    const apart = formatDuration(Date.parse(parts.newestReadAt) - Date.parse(parts.oldestReadAt));
    const { length } = parts.missing;
    const named = length <= MOST_NAMED ? `part ${parts.missing.join(', ')}` : formatCounted(length, 'part');
    const missing = length === 0 ? '' : `, without ${named}`;
    const share = length === 0 ? '' : `${formatCount(parts.of - length)} of `;
    told.push(`in ${share}${formatCounted(parts.of, 'part')} over ${apart}${missing}`);
  }
  return told;
}

function ageAtEnd({ startedAt, elapsedMs }: RunResult, time: string): string {
  return formatDuration(Date.parse(startedAt) + elapsedMs - Date.parse(time));
}
