import { CAUSE_TITLES, type DiagnosisExample } from '../core/diagnosis.js';
import type { RowDifference, Value } from '../core/difference.js';
import type { KeyColumnPair } from '../core/pairing.js';
import { adaptValue } from './adapted-value.js';
import { diagnoseChanges } from './column-causes.js';
import { readExactNumber } from './exact-number.js';
import { comparableForm } from './value-form.js';

const MOST_EXAMPLE_ROWS = 3;

type KeyValues = Readonly<Record<string, Value>>;

/** A row that stands under one key on the source and under another one on the target. */
export interface MovedRow {
  readonly from: KeyValues;
  readonly to: KeyValues;
}

/** The parts of the key that changed in any of the rows; all of them where none shows a change. */
export function findChangedParts(
  key: readonly KeyColumnPair[],
  moved: readonly MovedRow[],
): readonly KeyColumnPair[] {
  const changed = key.filter((column) => moved.some((row) => isChanged(column, row)));
  return changed.length === 0 ? key : changed;
}

function isChanged(pair: KeyColumnPair, { from, to }: MovedRow): boolean {
  const name = pair.target.name;
  const [before, after] = [
    adaptValue(from[name] ?? null, pair, 'source'),
    adaptValue(to[name] ?? null, pair, 'target'),
  ];
  return comparableForm(before, pair.canonical) !== comparableForm(after, pair.canonical);
}

/** The old and the new value of each part that changed in a row, for the first rows. */
export function showMoves(
  parts: readonly KeyColumnPair[],
  moved: readonly MovedRow[],
): readonly DiagnosisExample[] {
  return moved.slice(0, MOST_EXAMPLE_ROWS).flatMap((row) =>
    findChangedParts(parts, [row]).map(({ target: { name } }) => ({
      key: row.from,
      column: name,
      source: row.from[name] ?? null,
      target: row.to[name] ?? null,
    })),
  );
}

/**
 * Says how a part of the key changed, where it did so in the same way in all rows: the causes of changed values hold for
 * keys too. Empty where it did not, or where more than one part changed.
 */
export function describeMoves(parts: readonly KeyColumnPair[], moved: readonly MovedRow[]): string {
  const [only, ...others] = parts;
  if (only === undefined || others.length > 0) return '';
  const column = only.target.name;
  const steps = new Set(moved.map(({ from, to }) => stepBetween(from[column] ?? null, to[column] ?? null)));
  const [step] = steps;
  if (steps.size === 1 && typeof step === 'string' && moved.length > 1) return `every key by ${step}`;
  const changes = moved.map(({ from, to }): RowDifference => {
    return { kind: 'changed', key: from, columns: [column], source: from, target: to };
  });
  const whole = diagnoseChanges(parts, changes).find(({ rows }) => rows === moved.length);
  if (whole === undefined) return '';
  const { detail } = whole.evidence;
  return `of the key: ${CAUSE_TITLES[whole.cause]}${detail === '' ? '' : `, ${detail}`}`;
}

function stepBetween(from: Value, to: Value): string | null {
  const [before, after] = [readExactNumber(from), readExactNumber(to)];
  if (before === null || after === null || before.scale > 0 || after.scale > 0) return null;
  const step = after.units - before.units;
  return step > 0n ? `+${step}` : `${step}`;
}
