import { hasEffect } from './finding.js';
import type { TableResult } from './result.js';

/** Whether anything that was asked of a table pair was left unchecked, whatever its verdict says. */
export function isPartlyUnverified(table: TableResult): boolean {
  return (
    table.verdict === 'unverified' ||
    table.coverage.unverifiedChunks > 0 ||
    hasEffect(table.findings, 'unverified')
  );
}
