import type { ApplyPlan, ApplyResult, LeftRow } from '../apply/apply-result.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';

const MOST_KEY_CHARACTERS = 120;
const WORDS = { refused: 'Refused', changed: 'Left alone', differs: 'Differs' } as const;

/** What is going to be done, for somebody who has to say yes to it. */
export function formatApplyPlan({
  file,
  direction,
  startedAt,
  target,
  tables,
  rows,
  leftAlone,
  unchanged,
  undoPath,
}: ApplyPlan): string {
  const lines = [
    `${direction === 'repair' ? 'Repair' : 'Undo'}  ${visibleName(file)}, of the run that began at ${startedAt}`,
    `Target  ${visibleName(target)}`,
    ...tables.flatMap(({ table, inserts, updates, deletes, triggers }) => [
      `  ${visibleName(table)}: ${formatCounted(inserts, 'insert')}, ${formatCounted(updates, 'update')}, ${formatCounted(deletes, 'delete')}`,
      ...(triggers.length === 0
        ? []
        : [`    triggers that may fire: ${triggers.map(visibleName).join(', ')}`]),
    ]),
    `In all  ${formatCounted(rows, 'row')}${leftAlone === 0 ? '' : `; ${formatCount(leftAlone)} more ${leftAlone === 1 ? 'is' : 'are'} left alone, the file says why`}`,
    ...(unchanged === 0
      ? []
      : [`        ${formatCounted(unchanged, 'row')} that the repair did not change: passed over`]),
    `What takes it back goes to ${visibleName(undoPath)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** A row that is not as the file wants it, in one line. */
export function formatLeftRow({ kind, table, key, line, reason }: LeftRow): string {
  const shown = key.length > MOST_KEY_CHARACTERS ? `${key.slice(0, MOST_KEY_CHARACTERS)}…` : key;
  const words = visibleName(reason.replace(/\s+/g, ' ').trim());
  return `${WORDS[kind]}: ${visibleName(table)} ${visibleName(shown)} (line ${line}): ${/[.!?]$/.test(words) ? words : `${words}.`}`;
}

/** How many more rows there are than were printed; empty where there are none. */
export function formatUnlisted(rows: number, mostInJson: number): string {
  if (rows <= 0) return '';
  return `and ${formatCounted(rows, 'more row')} that ${rows === 1 ? 'is' : 'are'} not listed (--json lists the first ${formatCount(mostInJson)})\n`;
}

/** What was done, in a few lines. */
export function formatApplyResult(result: ApplyResult): string {
  const { applied, done, changed, refused, open, verified, differing, undoPath, interrupted } = result;
  const lines = [
    interrupted ? describeInterruption(open) : '',
    `${formatCounted(applied, 'row')} applied`,
    done === 0 ? '' : `${formatCounted(done, 'row')} already as wanted`,
    changed === 0 ? '' : `${formatCounted(changed, 'row')} left alone, changed since`,
    refused === 0 ? '' : `${formatCounted(refused, 'row')} refused`,
    interrupted
      ? ''
      : `${formatCounted(verified, 'row')} read again, ${differing === 0 ? 'all as wanted' : `${formatCount(differing)} not as wanted`}`,
    undoPath === null
      ? 'Nothing was changed'
      : `Take it back with: rowproof apply ${visibleName(undoPath)} --target URL`,
  ];
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

function describeInterruption(open: number): string {
  if (open === 0) return 'Interrupted: all rows of the file were dealt with, but not all were read again.';
  return `Interrupted: ${formatCounted(open, 'row')} of the file ${open === 1 ? 'was' : 'were'} not reached. Apply it again to go on.`;
}
