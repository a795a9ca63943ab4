import { beforeAll, describe, expect, it } from 'vitest';
import { listScope } from '../../src/report/scope-sentences.js';
import { compare } from '../app/compare.js';
import { fewEnginePairs, useDatabase } from '../support/database.js';

describe.each(fewEnginePairs())('count mode from $source to $target', ({ source: from, target: to }) => {
  const source = useDatabase(from);
  const target = useDatabase(to);
  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run('CREATE TABLE keyless (a int); CREATE TABLE keyed (id int PRIMARY KEY, v int)');
      await side.run('INSERT INTO keyless VALUES (1), (1), (2); INSERT INTO keyed VALUES (1, 1), (2, 2)');
    }
    await target.run('UPDATE keyed SET v = 9');
  });
  const count = (flags: Record<string, unknown> = {}) =>
    compare({ source, target, flags: { mode: 'count', ...flags } });

  it('is different where a number is, and says both numbers', async () => {
    await target.run('INSERT INTO keyless VALUES (7)');
    const { result, events } = await count();
    await target.run('DELETE FROM keyless WHERE a = 7');
    expect(events.filter(({ type }) => type.startsWith('chunk:')).map(({ type }) => type)).toEqual([
      'chunk:verified',
      'chunk:differs',
    ]);
    expect(result.verdict).toBe('different');
    const findings = result.tables.flatMap((table) => table.findings);
    expect(findings.map((finding) => finding.code)).toEqual(['row-count']);
    expect(findings[0]?.message).toMatch(/has 4 rows on the target and 3 on the source/);
  });

  it('notes what is said of rows that nobody looks at, and only that', async () => {
    const { result } = await count({
      ...{ relax: 'keyed.v:tolerance=1', 'checksum-on': 'auto', 'max-rows-per-second': '9000' },
      ...{ 'target-timezone': 'UTC', workers: '1', 'max-load': '64' },
    });
    expect(result).toMatchObject({
      verdict: 'counted',
      findings: [
        {
          code: 'no-effect',
          message:
            '--relax, --target-timezone, --checksum-on and --max-rows-per-second have no effect: rows are only counted, and none is looked at.',
        },
      ],
    });
    expect(result.load).toMatchObject({ maxRowsPerSecond: null, maxLoad: 64 });
    const limited = await count({ 'max-rows-per-second': '5' });
    expect(limited.result.load).toBeUndefined();
    expect(listScope(limited.result).join('\n')).not.toContain('a second');
  });
});
