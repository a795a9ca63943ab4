import type { Diagnosis } from '../core/diagnosis.js';
import { countRows, type RowDifference, type Value } from '../core/difference.js';
import type { TablePair } from '../core/pairing.js';
import type { RowCounts, TableResult } from '../core/result.js';
import { ColumnCauses } from './column-causes.js';
import { MissingRows } from './missing-rows.js';
import { MovedRows } from './moved-rows.js';
import { diagnoseRowCount } from './row-count.js';
import type { RowLookup } from './row-lookup.js';
import { SurvivingSiblings } from './surviving-siblings.js';

/** Differing rows of a table that are looked at. More take minutes and hardly ever say anything new. */
const MOST_ROWS = 1_000_000;

export interface DiagnosisRequest {
  readonly pair: TablePair;
  readonly counts: RowCounts;
  readonly strategy: TableResult['strategy'];
  /** Whether every row of both sides was compared: no share of them, no condition, nothing unverified. */
  readonly isComplete: boolean;
  /** In key order, several at a time. */
  readonly differences: AsyncIterable<readonly RowDifference[]>;
  readonly lookup: RowLookup;
  /** Whether a sentence may name keys. */
  readonly showsKeys: boolean;
  /** Told why something could not be looked up; what hangs on it is then not diagnosed. */
  readonly onFailure: (reason: string) => void;
}

/**
 * Says why the rows of a table differ, as far as the rows themselves show it. Reads all differences once and keeps
 * counts and a few examples of them.
 */
export async function diagnoseTable(request: DiagnosisRequest): Promise<Diagnosis[]> {
  const { pair, counts, strategy, isComplete, showsKeys } = request;
  const { missing, extra, targetRows } = counts;
  if (missing + extra + counts.changed === 0) return [];
  const isOrdered = strategy === 'range' && pair.key.length > 0;
  const changed = new ColumnCauses([...pair.key, ...pair.columns]);
  const lost = new MissingRows({
    keyKinds: isOrdered ? pair.key.map(({ keyKind }) => keyKind) : [],
    sourceRows: counts.sourceRows,
    targetRows,
    showsKeys,
    isConditional: pair.where.target !== null,
    lastTargetKey: missing > 0 && isOrdered && isComplete ? await readLastTargetKey(request) : null,
  });
  const moved = new MovedRows({
    ...pair,
    sourceRows: extra > 0 && isOrdered && pair.where.source === null ? await readSourceEnds(request) : [],
  });
  const siblings = new SurvivingSiblings(pair);
  const isWhole = await readDifferences(request, (difference) => {
    changed.add(difference);
    moved.add(difference);
    siblings.add(difference);
    const { kind, key } = difference;
    if (kind === 'missing') {
      const parts =
        key === null || !isOrdered ? null : pair.key.map(({ target }) => key[target.name] ?? null);
      lost.add(parts, countRows(difference));
    }
  });
  const explained = [...moved.diagnose(), ...(await diagnoseSiblings(siblings, request))];
  const isMissingExplained = explained.some(
    ({ cause, rows }) => cause !== 'rows-duplicated' && rows * 2 > missing,
  );
  const patterns = isMissingExplained ? [] : lost.diagnose(isComplete && isWhole);
  const isTailProved = patterns.some(
    ({ cause, confidence }) =>
      (cause === 'missing-tail' || cause === 'target-empty') && confidence === 'proved',
  );
  const round =
    isComplete && !isMissingExplained ? diagnoseRowCount({ targetRows, missing, extra, isTailProved }) : null;
  const found = [...changed.diagnose(), ...explained, ...patterns, ...(round === null ? [] : [round])];
  return isWhole ? found : found.map((each) => ({ ...each, confidence: 'likely' as const }));
}

/** True where all differences were looked at. */
async function readDifferences(
  { differences }: DiagnosisRequest,
  add: (difference: RowDifference) => void,
): Promise<boolean> {
  let rows = 0;
  for await (const batch of differences) {
    for (const difference of batch) {
      if (rows === MOST_ROWS) return false;
      rows++;
      add(difference);
    }
  }
  return true;
}

async function readLastTargetKey(request: DiagnosisRequest): Promise<readonly Value[] | null> {
  const { pair, lookup } = request;
  return orFailure(request, 'target', lookup.readLastTargetKey(pair), null);
}

async function readSourceEnds(request: DiagnosisRequest): Promise<Readonly<Record<string, Value>>[]> {
  const { pair, lookup } = request;
  return orFailure(request, 'source', lookup.readSourceEnds(pair), []);
}

async function diagnoseSiblings(
  siblings: SurvivingSiblings,
  request: DiagnosisRequest,
): Promise<Diagnosis[]> {
  const { pair, lookup } = request;
  const read = siblings.diagnose((column, values) => lookup.readEqualValues(pair, column, values));
  return orFailure(request, 'target', read, []);
}

async function orFailure<T, U>(
  { lookup, onFailure }: DiagnosisRequest,
  side: 'source' | 'target',
  read: Promise<T>,
  otherwise: U,
): Promise<T | U> {
  try {
    return await read;
  } catch (error) {
    onFailure(`cannot look up rows on the ${side}: ${lookup.describe(side, error)}`);
    return otherwise;
  }
}
