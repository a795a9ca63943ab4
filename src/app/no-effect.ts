import { flagOf } from '../config/options/option-names.js';
import { RUN_OPTIONS } from '../config/options/options.js';
import type { RunConfig } from '../config/run-config.js';
import { describeZone } from '../core/column-rule.js';
import type { Finding } from '../core/finding.js';
import { comparedColumns, SIDES, type Side } from '../core/pairing.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import { readsRows } from './table-modes.js';

type OptionName = keyof typeof RUN_OPTIONS;

/** Options that say how rows are read and compared, and whether a config says them; counting looks at no row. */
const OF_ROWS: Readonly<Partial<Record<OptionName, (config: RunConfig) => boolean>>> = {
  columns: ({ columns }) => columns.length > 0,
  ignoreColumns: ({ ignoreColumns }) => ignoreColumns.length > 0,
  key: ({ keys }) => keys.size > 0,
  relax: ({ relax }) => relax.length > 0,
  uuidSwap: ({ uuidSwap }) => uuidSwap.length > 0,
  sourceTimezone: ({ sourceTimezone }) => sourceTimezone !== null,
  targetTimezone: ({ targetTimezone }) => targetTimezone !== null,
  checksumOn: ({ checksumOn }) => checksumOn !== RUN_OPTIONS.checksumOn.default,
  chunkRows: ({ chunkRows }) => chunkRows !== null,
  maxRowsPerSecond: ({ limits }) => limits.maxRowsPerSecond !== null,
  maxBytesPerSecond: ({ limits }) => limits.maxBytesPerSecond !== null,
  seed: ({ seed }) => seed !== null,
};

/**
 * Notes options that mean something and that this run has no use for. They are not refused: one config file may serve a count
 * every night and a proof every week.
 */
export function findNoEffect(config: RunConfig, tables: readonly PlannedTable[]): Finding[] {
  if (!readsRows(config)) return noteCounting(config);
  return SIDES.flatMap((side) => {
    const zone = side === 'source' ? config.sourceTimezone : config.targetTimezone;
    return zone === null || usesZone(tables, zone, side) ? [] : [unusedZone(zone, side)];
  });
}

function noteCounting(config: RunConfig): Finding[] {
  const names = Object.entries(OF_ROWS).flatMap(([name, isSaid]) =>
    isSaid(config) ? [`--${flagOf(name)}`] : [],
  );
  if (names.length === 0) return [];
  const list = [names.slice(0, -1).join(', '), ...names.slice(-1)]
    .filter((part) => part !== '')
    .join(' and ');
  return [
    {
      code: 'no-effect',
      message: `${list} ${names.length === 1 ? 'has' : 'have'} no effect: rows are only counted, and none is looked at.`,
      hint: 'Use --mode full or spot to compare rows, or leave out what is said of them.',
    },
  ];
}

function usesZone(tables: readonly PlannedTable[], zone: string, side: Side): boolean {
  const remark = describeZone(zone, side);
  return tables.some(
    ({ pair }) =>
      pair !== null &&
      comparedColumns(pair).some(({ rule }) => rule.kind === 'adapted' && rule.assumed.includes(remark)),
  );
}

function unusedZone(zone: string, side: Side): Finding {
  return {
    code: 'no-effect',
    message: `--${side}-timezone ${zone} has no effect: no column of the ${side} that is compared holds times without a zone beside points in time.`,
    hint: `Check on which side such columns are, or leave --${side}-timezone out.`,
  };
}
