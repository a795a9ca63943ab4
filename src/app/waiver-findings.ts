import type { Diagnosis } from '../core/diagnosis.js';
import type { Finding, FindingCode } from '../core/finding.js';
import { isConditional, qualifiedName } from '../core/pairing.js';
import type { TableState } from '../state/table-state.js';
import type { CauseWaiver, Waiver } from '../waivers/waiver.js';
import type { WaiverBook } from '../waivers/waiver-book.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { isAbout, type WaivedRows } from './waive-rows.js';

/** Entries that are named one by one; of more only the number is said. */
const MOST_NAMED = 20;

interface Told {
  readonly book: WaiverBook;
  readonly waived: WaivedRows;
  readonly tables: readonly TableState[];
  readonly diagnoses: ReadonlyMap<TableState, readonly Diagnosis[]>;
  /** Whether all tables of both sides were asked for, so that a table that is not there is a mistake. */
  readonly isWholeScope: boolean;
}

/** Says what of the waivers has no effect, and why: an exception that nobody needs any more is one too many. */
export function tellWaivers({ book, waived, tables, diagnoses, isWholeScope }: Told): Finding[] {
  const named = new Map(tables.flatMap((table) => nameOf(table).map((name) => [name, table] as const)));
  const used = waived.used;
  const idle = book.active.filter((entry) => !used.has(entry) && !isExceeded(entry, waived));
  const isKnown = ({ table }: Waiver): boolean => {
    const state = named.get(table);
    return state === undefined ? isWholeScope : isReadInFull(state);
  };
  const unproved = idle.flatMap((entry) =>
    entry.kind === 'cause' && isLikely(entry, named, diagnoses) ? [entry] : [],
  );
  const unused = idle.filter((entry) => isKnown(entry) && !unproved.some((each) => each === entry));
  return [
    ...list('waiver-expired', book.expired, ({ expires }) => ({
      message: `expired on ${expires}: it forgives nothing any more`,
      hint: 'Repair what it was about, or have its owner renew it; remove it otherwise.',
    })),
    ...list('waiver-exceeded', [...waived.exceeded.keys()], (entry) => ({
      message: `accepts ${formatCounted(entry.maxRows, 'row')}, and ${formatCount(waived.exceeded.get(entry) ?? 0)} show its cause: it forgives none of them`,
      hint: 'Find out why there are more, and raise maxRows only if they are accepted too.',
    })),
    ...list('waiver-unproved', unproved, () => ({
      message: 'names a cause that is only likely in this run: it forgives nothing',
      hint: 'Only a cause that is proved can be waived; waive single rows instead.',
    })),
    ...list('waiver-unused', unused, () => ({
      message: 'matches no differing row',
      hint: 'Remove it: what it was about is repaired, or differs in another way now.',
    })),
    ...(book.isUnkeyed ? [UNKEYED] : []),
  ];
}

const UNKEYED: Finding = {
  code: 'waivers-unkeyed',
  message:
    'The waivers of rows were written without a secret: whoever has the file can find out by trying what the rows hold.',
  hint: 'Set ROWPROOF_KEY, or name the file of a secret with --key-file, and waive the rows again.',
};

function nameOf({ planned: { target } }: TableState): string[] {
  return target === null ? [] : [qualifiedName(target)];
}

function isExceeded(entry: Waiver, { exceeded }: WaivedRows): boolean {
  return entry.kind === 'cause' && exceeded.has(entry);
}

/** Only of a table whose rows were all read it is known that a row is not there. */
function isReadInFull(table: TableState): boolean {
  const { pair } = table.planned;
  if (pair === null || isConditional(pair)) return false;
  return table.mode === 'full' && table.isDone && table.toResult([]).coverage.unverifiedChunks === 0;
}

function isLikely(
  entry: CauseWaiver,
  named: ReadonlyMap<string, TableState>,
  diagnoses: Told['diagnoses'],
): boolean {
  const table = named.get(entry.table);
  const own = table === undefined ? [] : (diagnoses.get(table) ?? []);
  return own.some((diagnosis) => isAbout(entry, diagnosis) && diagnosis.confidence !== 'proved');
}

function list<Entry extends Waiver>(
  code: FindingCode,
  entries: readonly Entry[],
  say: (entry: Entry) => { readonly message: string; readonly hint: string },
): Finding[] {
  const shown = entries.slice(0, MOST_NAMED).map((entry): Finding => {
    const { message, hint } = say(entry);
    const about = { table: entry.table, detail: entry.place };
    return { code, about, message: `The waiver at ${entry.place} (${describe(entry)}) ${message}.`, hint };
  });
  const more = entries.length - shown.length;
  if (more === 0) return shown;
  const message = `${formatCounted(more, 'more waiver')} of the same kind ${more === 1 ? 'is' : 'are'} not named here.`;
  return [...shown, { code, message, hint: '' }];
}

function describe(entry: Waiver): string {
  const what = entry.kind === 'row' ? 'a row' : `${entry.code} in ${entry.column}`;
  return `${what} of ${entry.table}, owner ${entry.owner}`;
}
