import { describe, expect, it } from 'vitest';
import { NONE_UNFOUND } from '../../src/core/chunk.js';
import { addSpan, type Coverage, WHOLE_SPAN } from '../../src/core/coverage.js';
import type { KeyPart } from '../../src/core/encoding/key-bytes.js';
import type { TableId } from '../../src/core/pairing.js';
import { PartRecords } from '../../src/state/parts/part-records.js';
import type { LearnedRecord } from '../../src/state/read-span.js';
import type { TableRecord } from '../../src/state/table-record.js';

const TABLE = 't' as unknown as TableId;
const int = (value: number): readonly KeyPart[] => [{ kind: 'int', value: BigInt(value) }];
const learned = (record: TableRecord): LearnedRecord => ({ record, sitting: 1, atMs: 0 });

/** A chunk of ten keys, the last one without an upper end, with rows that differ or none. */
function compared(at: number, last: number, changed: number): LearnedRecord {
  const range = { after: at === 0 ? null : int(at * 10), upTo: at === last ? null : int(at * 10 + 10) };
  const counts = { missing: 0, extra: 0, changed, inFlight: 0 };
  const rows = { sourceRows: 10, targetRows: 10, counts, changedColumns: {}, undecidedColumns: {} };
  const rest = { unfound: NONE_UNFOUND, stored: null, keys: null } as const;
  return learned({ kind: 'compared', part: 0, range, hasher: 'client', rows, ...rest });
}

describe('what a part says of a table', () => {
  it('has its ranges in their order, so that joining very many takes no time', () => {
    const records = new PartRecords();
    const last = 39_999;
    for (let at = 0; at <= last; at++) records.add(TABLE, compared(at, last, at % 2));
    records.add(TABLE, learned({ kind: 'done' }));
    let most = 0;
    const united = records.of(TABLE, true).reduce<Coverage>((all, { record }) => {
      if (record.kind !== 'compared' || record.range === null) return all;
      const next = addSpan(all, record.range);
      most = Math.max(most, next.length);
      return next;
    }, []);
    expect(united).toEqual([WHOLE_SPAN]);
    expect(most).toBe(1);
    expect(records.of(TABLE, true).at(-1)?.record.kind).toBe('done');
  });

  it('joins ranges without a difference, and keeps all of their rows', () => {
    const records = new PartRecords();
    for (let at = 0; at <= 99; at++) records.add(TABLE, compared(at, 99, at === 50 ? 3 : 0));
    const rows = records
      .of(TABLE, true)
      .map(({ record }) => (record.kind === 'compared' ? record.rows.sourceRows : 0));
    expect(rows).toEqual([500, 10, 490]);
  });

  it('takes differences back that were misread, and not that it came to its end', () => {
    const records = new PartRecords();
    records.add(TABLE, compared(0, 0, 2));
    records.add(TABLE, learned({ kind: 'done' }));
    records.add(TABLE, learned({ kind: 'misread' }));
    expect(records.of(TABLE, true).map(({ record }) => record.kind)).toEqual(['done', 'misread']);
  });
});
