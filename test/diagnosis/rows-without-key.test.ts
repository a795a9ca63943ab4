import { beforeAll, describe, expect, it } from 'vitest';
import { compare, tableResult } from '../app/compare.js';
import { fewEnginePairs, useDatabase } from '../support/database.js';

describe.each(fewEnginePairs())(
  'rows without a key from $source to $target',
  ({ source: from, target: to }) => {
    const source = useDatabase(from);
    const target = useDatabase(to);
    beforeAll(async () => {
      for (const side of [source, target]) {
        await side.run(
          'CREATE TABLE unloaded (line varchar(40), n int); CREATE TABLE reloaded (line varchar(40), n int)',
        );
      }
      const rows = Array.from({ length: 30 }, (_, i) => `('line number ${i}', ${i})`).join(', ');
      await source.run(
        `INSERT INTO unloaded VALUES ${rows}; INSERT INTO unloaded VALUES ('line number 1', 1)`,
      );
      await source.run(`INSERT INTO reloaded VALUES ${rows}`);
      for (const _ of [1, 2, 3]) await target.run(`INSERT INTO reloaded VALUES ${rows}`);
    });

    it('are all missing where the target is empty, and there more often where they were loaded again', async () => {
      const run = await compare({ source, target });
      expect(tableResult(run, 'unloaded')).toMatchObject({
        missing: 31,
        diagnoses: [
          { cause: 'target-empty', confidence: 'proved', rows: 31, evidence: { detail: '', of: 31 } },
        ],
      });
      expect(tableResult(run, 'reloaded')).toMatchObject({
        extra: 60,
        diagnoses: [
          {
            cause: 'rows-duplicated',
            confidence: 'proved',
            rows: 60,
            evidence: { detail: 'equal to another row', of: 60 },
          },
        ],
      });
    });
  },
);
