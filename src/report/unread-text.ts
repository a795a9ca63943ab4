import { isPartlyUnverified } from '../core/partly-unverified.js';
import type { RunResult, TableResult } from '../core/result.js';
import { formatTableName } from '../words/table-name.js';
import { listUnverified } from './summary.js';

/** What of a run was asked for or lies in its tables, and was not compared; empty where all of it was. */
export function listUnread(result: RunResult): readonly string[] {
  const { part } = result;
  const parts = part === undefined ? [] : [`all but part ${part.part} of ${part.of}`];
  return [...parts, ...listUnverified(result), ...result.tables.flatMap(describeWeaker)];
}

/** A table of which a sample was drawn, or that was read in turns, or counted, says nothing of its other rows. */
function describeWeaker(table: TableResult): string[] {
  if (isPartlyUnverified(table)) return [];
  if (table.mode === 'count') return [`${formatTableName(table)} (counted)`];
  const isSampled = table.mode === 'spot' || table.findings.some(({ code }) => code === 'rotated');
  return isSampled ? [`${formatTableName(table)} (sampled)`] : [];
}
