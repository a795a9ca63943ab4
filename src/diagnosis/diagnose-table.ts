import type { Diagnosis } from '../core/diagnosis.js';
import { countRows, type RowDifference, type StoredRow, type Value } from '../core/difference.js';
import type { ExplainedTally } from '../core/explained-rows.js';
import type { TablePair } from '../core/pairing.js';
import type { RowCounts, TableResult } from '../core/result.js';
import { diagnoseColumns } from './column-causes.js';
import { MissingRows } from './missing-rows.js';
import { MovedRows } from './moved-rows.js';
import { diagnoseRowCount } from './row-count.js';
import type { RowLookup } from './row-lookup.js';
import { SurvivingSiblings } from './surviving-siblings.js';

/** Rows of a table that are looked at one by one. More take minutes and hardly ever say anything new. */
const MOST_ROWS = 1_000_000;

export interface DiagnosisRequest {
  readonly pair: TablePair;
  readonly counts: RowCounts;
  readonly strategy: TableResult['strategy'];
  /** Whether every row of both sides was compared: no share of them, no condition, nothing unverified. */
  readonly isComplete: boolean;
  /** Whether the rest was not read because enough rows differ: what holds for these proves nothing of the others. */
  readonly isLeft: boolean;
  /** What the rows showed where they were compared. */
  readonly explained: ExplainedTally;
  /** At which level rows were drawn of which only one side has them: 0 where all are there. */
  readonly drawLevel: number;
  /** The rows that were kept, in key order, several at a time. */
  readonly differences: AsyncIterable<readonly StoredRow[]>;
  readonly lookup: RowLookup;
  /** Whether a sentence may name keys. */
  readonly showsKeys: boolean;
  /** Told why something could not be looked up; what hangs on it is then not diagnosed. */
  readonly onFailure: (reason: string) => void;
}

/**
 * Says why the rows of a table differ, as far as the rows themselves show it. Of changed rows that was gathered where they were
 * compared; those of which only one side has them are looked at now, or some that were drawn from them.
 */
export async function diagnoseTable(request: DiagnosisRequest): Promise<Diagnosis[]> {
  const { pair, counts, explained, isLeft } = request;
  const order = [...pair.key, ...pair.columns].map(({ target }) => target.name);
  const changed = diagnoseColumns(explained.columns, order);
  const lone = counts.missing + counts.extra === 0 ? [] : await diagnoseLoneRows(request);
  const all = [...changed, ...lone];
  return isLeft ? asLikely(all) : all;
}

async function diagnoseLoneRows(request: DiagnosisRequest): Promise<Diagnosis[]> {
  const { pair, counts, isComplete, drawLevel, explained } = request;
  const { missing, extra, targetRows } = counts;
  const isOrdered = isInOrder(request);
  const moved = new MovedRows({
    ...pair,
    sourceRows: extra > 0 && isOrdered && pair.where.source === null ? await readSourceEnds(request) : [],
  });
  const siblings = new SurvivingSiblings(pair);
  const runs = isOrdered && drawLevel > 0 ? explained.missingRuns : null;
  const lost = await openMissing(request);
  if (runs !== null) lost.addRuns(runs);
  const areAllRead = await readLoneRows(request, (difference) => {
    moved.add(difference);
    siblings.add(difference);
    const { kind, key } = difference;
    if (kind !== 'missing' || runs !== null) return;
    const parts = key === null || !isOrdered ? null : pair.key.map(({ target }) => key[target.name] ?? null);
    lost.add(parts, countRows(difference));
  });
  const areAll = areAllRead && drawLevel === 0;
  const explainedRows = [...moved.diagnose(), ...(await diagnoseSiblings(siblings, request))];
  const isMissingExplained = explainedRows.some(
    ({ cause, rows }) => cause !== 'rows-duplicated' && rows * 2 > (areAll ? missing : rows),
  );
  const areKeysKnown = runs !== null || areAll;
  const patterns = isMissingExplained ? [] : lost.diagnose(isComplete && (areAllRead || runs !== null));
  const certain = areKeysKnown || targetRows === 0 ? patterns : asLikely(patterns);
  const isTailProved = certain.some(
    ({ cause, confidence }) =>
      (cause === 'missing-tail' || cause === 'target-empty') && confidence === 'proved',
  );
  const round =
    isComplete && !isMissingExplained ? diagnoseRowCount({ targetRows, missing, extra, isTailProved }) : null;
  const found = areAll ? explainedRows : asLikely(explainedRows);
  return [...found, ...certain, ...(round === null ? [] : [round])];
}

/** What holds for some of the rows may not hold for the others. */
function asLikely(diagnoses: readonly Diagnosis[]): Diagnosis[] {
  return diagnoses.map((each) => ({ ...each, confidence: 'likely' as const }));
}

function isInOrder({ strategy, pair }: DiagnosisRequest): boolean {
  return strategy === 'range' && pair.key.length > 0;
}

async function openMissing(request: DiagnosisRequest): Promise<MissingRows> {
  const { pair, counts, isComplete, showsKeys, drawLevel } = request;
  const isOrdered = isInOrder(request);
  return new MissingRows({
    keyKinds: isOrdered ? pair.key.map(({ keyKind }) => keyKind) : [],
    sourceRows: counts.sourceRows,
    targetRows: counts.targetRows,
    showsKeys,
    areAll: drawLevel === 0,
    isConditional: pair.where.target !== null,
    lastTargetKey: counts.missing > 0 && isOrdered && isComplete ? await readLastTargetKey(request) : null,
  });
}

/** True where all lone rows that are there were looked at. */
async function readLoneRows(
  { differences, drawLevel }: DiagnosisRequest,
  add: (difference: RowDifference) => void,
): Promise<boolean> {
  let rows = 0;
  for await (const batch of differences) {
    for (const { draw = 0, ...difference } of batch) {
      if (difference.kind === 'changed' || draw < drawLevel) continue;
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
