import type { RowDifference } from '../core/difference.js';
import { type Finding, hasEffect } from '../core/finding.js';
import type { WorkersResult } from '../core/lanes.js';
import {
  type ColumnRemark,
  type ConfigHashes,
  type HiddenParts,
  type LoadResult,
  type PartResult,
  type PartsResult,
  type ReplicationResult,
  RUN_FORMAT,
  type RunResult,
  type SideResult,
  type SittingsResult,
  type TableCondition,
  type TableResult,
} from '../core/result.js';
import type { Consistency, SnapshotResult } from '../core/snapshot.js';
import { combineVerdicts, type Mode, type Verdict } from '../core/verdict.js';
import type { WaiverUse } from '../core/waiver.js';
import type { Spool } from './spool.js';
import type { TableState } from './table-state.js';

/** Differences a table shows in the result, and how large one may be to be among them. */
const SAMPLE_ROWS = 10;
const SAMPLE_CHARACTERS = 65_536;

/** What a run reports by default as not looked at, so that nobody takes silence for a check. */
const NOT_CHECKED = [
  'sequences and auto-increment positions',
  'indexes, constraints, foreign keys',
  'views, triggers, routines, events',
  'grants and accounts',
  'column defaults and comments',
];

/** The first differences of a table; one that is too large for a summary is left to the differences file. */
export async function readSample(spool: Spool, table: TableState): Promise<RowDifference[]> {
  const sample: RowDifference[] = [];
  for await (const row of spool.read(table.planned.id, table.stored, SAMPLE_CHARACTERS)) {
    const { draw: _, ...difference } = row;
    sample.push(difference);
    if (sample.length === SAMPLE_ROWS) break;
  }
  return sample;
}

function remarksOf(tables: readonly TableResult[], name: 'relaxed' | 'assumed'): ColumnRemark[] {
  return tables.flatMap(({ source, columns }) =>
    columns.flatMap(({ source: column, compared, [name]: remarks }) =>
      compared && remarks !== undefined ? [{ column: `${source}.${column}`, remarks }] : [],
    ),
  );
}

export interface RunFacts {
  readonly version: string;
  readonly startedAt: Date;
  readonly elapsedMs: number;
  readonly lookedMs: number;
  readonly mode: Mode;
  readonly ratio: number | null;
  readonly seed: bigint;
  readonly hashes: ConfigHashes;
  readonly consistency: Consistency;
  readonly snapshot: SnapshotResult | null;
  readonly load: LoadResult | null;
  readonly workers: WorkersResult | null;
  readonly replication: ReplicationResult | null;
  readonly hidden: HiddenParts | null;
  readonly source: SideResult;
  readonly target: SideResult;
  readonly notLookedAt: readonly string[];
  readonly excluded: readonly string[];
  readonly conditions: readonly TableCondition[];
  readonly findings: readonly Finding[];
  readonly tables: readonly TableResult[];
  readonly waivers: readonly WaiverUse[];
  readonly interrupted: boolean;
  readonly stoppedBy: 'max-runtime' | null;
  readonly run: string | null;
  readonly sittings: SittingsResult | null;
  readonly part: PartResult | null;
  readonly parts: PartsResult | null;
}

/** Adds everything up into the JSON result. */
export function buildResult(facts: RunFacts): RunResult {
  const { tables, findings } = facts;
  const sum = (name: 'sourceRows' | 'targetRows' | 'missing' | 'extra' | 'changed' | 'inFlight'): number =>
    tables.reduce((total, table) => total + table[name], 0);
  const unsettled = tables.reduce((total, table) => total + (table.unsettled ?? 0), 0);
  const waived = tables.reduce((total, table) => total + (table.waived ?? 0), 0);
  const left = tables.filter((table) => table.left !== undefined).length;
  const own: Verdict[] = [];
  if (hasEffect(findings, 'different')) own.push('different');
  if (hasEffect(findings, 'unverified') || facts.interrupted) own.push('unverified');
  return {
    format: RUN_FORMAT,
    rowproof: facts.version,
    verdict: combineVerdicts([...own, ...tables.map((table) => table.verdict)]),
    interrupted: facts.interrupted,
    mode: facts.mode,
    ratio: facts.ratio,
    consistency: facts.consistency,
    seed: facts.seed.toString(),
    startedAt: facts.startedAt.toISOString(),
    elapsedMs: Math.round(facts.elapsedMs),
    ...(facts.lookedMs > 0 && { lookedMs: Math.round(facts.lookedMs) }),
    askedHash: facts.hashes.askedHash,
    howHash: facts.hashes.howHash,
    ...(facts.snapshot === null ? {} : { snapshot: facts.snapshot }),
    ...(facts.load === null ? {} : { load: facts.load }),
    ...(facts.workers === null ? {} : { workers: facts.workers }),
    ...(facts.replication === null ? {} : { replication: facts.replication }),
    ...(facts.run === null ? {} : { run: facts.run }),
    ...(facts.sittings === null ? {} : { sittings: facts.sittings }),
    ...(facts.part === null ? {} : { part: facts.part }),
    ...(facts.parts === null ? {} : { parts: facts.parts }),
    ...(facts.stoppedBy === null ? {} : { stoppedBy: facts.stoppedBy }),
    ...(facts.hidden === null ? {} : { hidden: facts.hidden }),
    scope: {
      notChecked: [...NOT_CHECKED, ...facts.notLookedAt],
      excluded: facts.excluded,
      conditions: facts.conditions,
      relaxations: remarksOf(tables, 'relaxed'),
      assumptions: remarksOf(tables, 'assumed'),
    },
    source: facts.source,
    target: facts.target,
    totals: {
      tables: tables.length,
      sourceRows: sum('sourceRows'),
      targetRows: sum('targetRows'),
      missing: sum('missing'),
      extra: sum('extra'),
      changed: sum('changed'),
      inFlight: sum('inFlight'),
      ...(unsettled > 0 && { unsettled }),
      ...(waived > 0 && { waived }),
      ...(left > 0 && { left }),
    },
    tables,
    ...(facts.waivers.length > 0 && { waivers: facts.waivers }),
    findings,
  };
}
