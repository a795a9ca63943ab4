import { describe, expect, it } from 'vitest';
import { parseWaivers } from '../../src/waivers/waivers-file.js';

const HASH = `k1-${'A'.repeat(43)}`;
const TODAY = '2026-06-15';
const WHO = 'reason: r, owner: o, expires: 2026-07-01';
const parse = (...entries: string[]) =>
  parseWaivers({
    path: 'w.yaml',
    text: `format: rowproof/waivers@1\nwaivers:\n${entries.map((entry) => `  - { ${entry} }\n`).join('')}`,
    today: TODAY,
  });
const row = `row: { table: public.t, hash: ${HASH} }`;
const cause = (more: string) => `cause: { table: public.t, column: c, ${more} }`;

describe('a waivers file', () => {
  it('is read with the lines of its entries', () => {
    const { waivers } = parse(`${row}, ${WHO}`, `${cause('code: letter-case, maxRows: 12')}, ${WHO}`);
    const mark = { owner: 'o', reason: 'r', expires: '2026-07-01' };
    expect(waivers).toEqual([
      { kind: 'row', table: 'public.t', hash: HASH, place: 'w.yaml:3', ...mark },
      {
        ...{ kind: 'cause', table: 'public.t', column: 'c', code: 'letter-case', detail: null, maxRows: 12 },
        ...{ place: 'w.yaml:4', ...mark },
      },
    ]);
  });

  it('may be empty', () => {
    expect(parseWaivers({ path: 'w.yaml', text: '', today: TODAY }).waivers).toEqual([]);
  });

  it('may hold what has expired, so that it can be named', () => {
    expect(parse(`${row}, reason: r, owner: o, expires: 2020-02-29`).waivers).toHaveLength(1);
  });

  it.each([
    [`${row}, reason: r, owner: o`, 'w.yaml:3: waivers.0.expires: expected the last day'],
    [`${row}, reason: r, expires: 2026-07-01`, 'waivers.0.owner: expected an owner'],
    [`${row}, owner: o, expires: 2026-07-01`, 'waivers.0.reason: expected a reason'],
    [`${row}, owner: o, reason: " ", expires: 2026-07-01`, 'waivers.0.reason: expected a reason'],
    [`${row}, reason: r, owner: o, expires: 2026-02-30`, 'waivers.0.expires: expected the last day'],
    [`${row}, reason: r, owner: o, expires: 1.7.2026`, 'waivers.0.expires: expected the last day'],
    [`${row}, reason: r, owner: o, expires: 2027-06-17`, 'waivers.0.expires: expected a day within a year'],
    [`${row}, ${WHO}, where: "id < 5"`, 'w.yaml:3: waivers.0.where: unknown key'],
    [WHO, 'w.yaml:3: waivers.0: expected one of row, cause and check'],
    [`${row}, ${cause('code: letter-case, maxRows: 1')}, ${WHO}`, 'expected one of row, cause and check'],
    [
      `check: { id: lag, subject: target }, ${WHO}`,
      'waivers.0.check.evidence: expected what the report shows of it',
    ],
    [`${cause('code: upper, maxRows: 1')}, ${WHO}`, 'waivers.0.cause.code: expected the code of a cause'],
    [`${cause('code: missing-tail, maxRows: 1')}, ${WHO}`, 'whole rows are waived one by one'],
    [`${cause('code: letter-case')}, ${WHO}`, 'waivers.0.cause.maxRows: expected a number of rows'],
    [
      `${cause('code: letter-case, maxRows: 0')}, ${WHO}`,
      'waivers.0.cause.maxRows: expected a number of rows',
    ],
    [`row: { table: t, hash: k2-${'A'.repeat(43)} }, ${WHO}`, 'expected a hash that this version'],
  ])('that says { %s } is refused', (entry, message) => {
    expect(() => parse(entry)).toThrow(message);
  });

  it('that is of another format is refused', () => {
    const text = 'format: rowproof/waivers@2\nwaivers: []';
    expect(() => parseWaivers({ path: 'w.yaml', text, today: TODAY })).toThrow('w.yaml:1: format: expected');
  });

  it('with more than ten thousand rows is refused, with the way out', () => {
    const entries = Array.from({ length: 10_001 }, () => `${row}, ${WHO}`);
    expect(() => parse(...entries)).toThrow(/at most 10000 rows, got 10001/);
    expect(parse(...entries.slice(1)).waivers).toHaveLength(10_000);
  });
});
