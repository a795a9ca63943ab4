import { beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../run/compare.js';
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
});
