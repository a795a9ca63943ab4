import { describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import { RowDigester } from '../../src/secrets/row-digest.js';
import { Secret } from '../../src/secrets/secret.js';

const ROW: RowDifference = {
  kind: 'changed',
  key: { id: '1', part: 'a' },
  columns: ['name', 'note'],
  source: { name: 'x', note: null },
  target: { name: 'y', note: 'null' },
};
const keyed = new RowDigester(new Secret(Buffer.from('sixteen bytes at least')), 'waivers');
const plain = new RowDigester(null, 'waivers');

describe('the hash of a row', () => {
  it('is held, so that a waiver of today is one of next year', () => {
    expect([keyed.waiverHash('public.t', ROW), plain.waiverHash('public.t', ROW)]).toMatchInlineSnapshot(`
      [
        "k1-NYP53RCJu1p_Ggv4vLO3pKgeHXQAO0_3XhXFYyMGqbY",
        "u1-S85QUwR7Xo4cKkPiIUpntaFP8DDdECrrPggMTQwzjWk",
      ]
    `);
    expect([keyed.check, plain.check]).toMatchInlineSnapshot(`
      [
        "bd71eb02",
        null,
      ]
    `);
  });

  it('does not hang on the order of names', () => {
    const turned = { ...ROW, columns: ['note', 'name'], source: { note: null, name: 'x' } };
    expect(keyed.waiverHash('public.t', turned)).toBe(keyed.waiverHash('public.t', ROW));
  });

  it.each<[string, Partial<RowDifference>]>([
    ['another value of the source', { source: { name: 'x', note: '' } }],
    ['another value of the target', { target: { name: 'z', note: 'null' } }],
    ['another key', { key: { id: '1', part: 'b' } }],
    ['another column', { columns: ['name'], source: { name: 'x' }, target: { name: 'y' } }],
    ['another kind', { kind: 'missing', target: null }],
    ['text where bytes were', { target: { name: { hex: 'y' }, note: 'null' } }],
    ['another number of copies', { sourceCopies: 2, targetCopies: 1 }],
  ])('is another one for %s', (_title, change) => {
    const other = { ...ROW, ...change };
    expect(keyed.waiverHash('public.t', other)).not.toBe(keyed.waiverHash('public.t', ROW));
    expect(keyed.digest('public.t', other).state).not.toBe(keyed.digest('public.t', ROW).state);
  });

  it('is another one in another table, and with another secret', () => {
    const other = new RowDigester(new Secret(Buffer.from('another sixteen bytes')), 'waivers');
    expect(keyed.waiverHash('public.u', ROW)).not.toBe(keyed.waiverHash('public.t', ROW));
    expect(other.waiverHash('public.t', ROW)).not.toBe(keyed.waiverHash('public.t', ROW));
    expect(other.check).not.toBe(keyed.check);
  });

  it('names the row, however it differs', () => {
    const anew = { ...ROW, target: { name: 'z', note: null } };
    expect(keyed.digest('public.t', anew).row).toBe(keyed.digest('public.t', ROW).row);
  });

  it('does not look at who accepted the row', () => {
    const waived = { ...ROW, waived: { owner: 'ops', reason: 'r', expires: '2026-01-01' } };
    expect(keyed.waiverHash('public.t', waived)).toBe(keyed.waiverHash('public.t', ROW));
  });
});
