import { describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { compare } from './compare.js';

describe('a pair of tables without a column in common', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  it('is different or unverified, says why in a sentence, and can be counted', async () => {
    await source.run('CREATE TABLE t (id INT); INSERT INTO t VALUES (1), (2)');
    await target.run('CREATE TABLE t (other INT); INSERT INTO t VALUES (1)');
    const told = (flags = {}) =>
      compare({ source, target, flags }).then(({ result: { verdict, tables } }) => ({
        verdict,
        codes: tables[0]?.findings.map(({ code }) => code),
        last: tables[0]?.findings.at(-1)?.message.replace(/\S+\.t /, 't '),
      }));
    const bare =
      'Rows of t were not compared: no column is left that both sides have and that can be compared.';
    expect(await told()).toEqual({
      verdict: 'different',
      codes: ['missing-column', 'extra-column', 'column-unverified'],
      last: bare,
    });
    expect(await told({ 'ignore-columns': ['t.id'] })).toMatchObject({ verdict: 'unverified', last: bare });
    expect(await told({ mode: 'count' })).toMatchObject({
      verdict: 'different',
      codes: expect.arrayContaining(['row-count']),
    });
  });
});
