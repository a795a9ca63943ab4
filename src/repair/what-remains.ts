import { type FindingCode, hasEffect } from '../core/finding.js';
import { isPartlyUnverified } from '../core/partly-unverified.js';
import type { RunResult, TableResult } from '../core/result.js';
import { formatTableName } from '../words/table-name.js';

const LACKS: readonly FindingCode[] = ['missing-table', 'missing-column'];

/**
 * Says what still differs, or is still unknown, when every row of a repair is written. A table that the target lacks has no
 * rows in the file, so without this the file would read as if nothing were left to do.
 */
export function describeWhatRemains({ tables, findings }: RunResult): string[] {
  const warnings: string[] = [];
  const lacking = tables.filter((table) => hasFinding(table, LACKS)).map(formatTableName);
  if (lacking.length > 0) {
    warnings.push(`This file makes no table and no column that the target lacks: ${lacking.join(', ')}.`);
  }
  const left = tables.filter((table) => table.left !== undefined).map(formatTableName);
  if (left.length > 0) {
    warnings.push(
      `This file repairs no row of tables that were left at --max-differences, of which more rows may differ: ${left.join(', ')}. Read them to their end first.`,
    );
  }
  const lost = tables.filter((table) => hasFinding(table, ['differences-lost'])).map(formatTableName);
  if (lost.length > 0) {
    warnings.push(`Rows differ for which there was no room, and are not in here: ${lost.join(', ')}.`);
  }
  if (tables.some(isPartlyUnverified) || hasEffect(findings, 'unverified')) {
    warnings.push('Not everything was verified: this file does not make the databases equal.');
  }
  return warnings;
}

function hasFinding({ findings }: TableResult, codes: readonly FindingCode[]): boolean {
  return findings.some(({ code }) => codes.includes(code));
}
