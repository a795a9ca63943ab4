import { describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import { RowDigester } from '../../src/secrets/row-digest.js';
import { Secret } from '../../src/secrets/secret.js';
import { addWaivers } from '../../src/waivers/add-waivers.js';
import { readWaivers } from '../../src/waivers/read-waivers.js';
import { WaiverBook } from '../../src/waivers/waiver-book.js';
import { parseWaivers } from '../../src/waivers/waivers-file.js';

const TEXT = 'sixteen bytes at least';
const ROW: RowDifference = {
  kind: 'extra',
  key: { id: '1' },
  columns: ['id'],
  source: null,
  target: { id: '1' },
};
const TABLE = 'public.t';
const mark = (expires: string) => ({ owner: 'o', reason: 'r', expires });
const digester = new RowDigester(new Secret(Buffer.from(TEXT)), 'waivers');

const written = (expires: string, text: string | null = null, made = digester): string =>
  addWaivers({
    path: 'w.yaml',
    text,
    added: [{ about: { row: { table: TABLE, hash: made.waiverHash(TABLE, ROW) } }, ...mark(expires) }],
    secretCheck: made.check,
  });
const open = (text: string, today: string, secret: string | null = TEXT) =>
  readWaivers({
    path: 'w.yaml',
    text,
    now: new Date(`${today}T23:59:59Z`),
    ...(secret !== null && { secret }),
  });

describe('a book of waivers', () => {
  it('finds the entry of a row on its last day, and not on the next', () => {
    const text = written('2026-06-15');
    expect(open(text, '2026-06-15').findRow(TABLE, ROW)).toMatchObject(mark('2026-06-15'));
    const late = open(text, '2026-06-16');
    expect(late.findRow(TABLE, ROW)).toBeNull();
    expect(late.expired).toHaveLength(1);
  });

  it('names nothing expired that was renewed', () => {
    const text = written('2026-08-01', written('2026-06-15'));
    const book = open(text, '2026-06-16');
    expect([book.expired, book.active.length]).toEqual([[], 1]);
  });

  it('finds nothing in another table, and nothing of other damage', () => {
    const book = open(written('2026-06-15'), '2026-06-15');
    expect(book.findRow('public.u', ROW)).toBeNull();
    expect(book.findRow(TABLE, { ...ROW, target: { id: '2' } })).toBeNull();
  });

  it('is not opened without the secret of its hashes, nor with another one', () => {
    const text = written('2026-06-15');
    expect(() => open(text, '2026-06-15', null)).toThrow(/were made with a secret, and none is given/);
    expect(() => open(text, '2026-06-15', 'another sixteen bytes')).toThrow(/with another secret/);
    expect(() => open(text, '2026-06-15', 'short')).toThrow(/16 at least/);
  });

  it('says that hashes without a secret can be guessed', () => {
    const plain = written('2026-06-15', null, new RowDigester(null, 'waivers'));
    expect(open(plain, '2026-06-15', null).isUnkeyed).toBe(true);
    expect(open(plain, '2026-06-15').findRow(TABLE, ROW)).not.toBeNull();
    expect(open(written('2026-06-15'), '2026-06-15').isUnkeyed).toBe(false);
  });

  it('finds nothing where somebody wrote another table beside the hash', () => {
    const text = written('2026-06-15').replace(`table: ${TABLE}`, 'table: public.u');
    expect(open(text, '2026-06-15').findRow(TABLE, ROW)).toBeNull();
  });

  it('that is empty forgives nothing', () => {
    expect(WaiverBook.empty().findRow(TABLE, ROW)).toBeNull();
  });
});

describe('entries that are added', () => {
  const today = '2026-06-01';

  it('leave what is there as it is, comments and order too', () => {
    const text = [
      '# ours',
      'format: rowproof/waivers@1',
      'waivers:',
      '  # asked by Ann',
      `  - row: { table: b, hash: ${digester.waiverHash('b', ROW)} } # first`,
      '    reason: "a: b"',
      '    owner: o',
      '    expires: 2026-06-15',
      '',
    ].join('\n');
    const both = written('2026-07-01', text);
    expect(both).toMatch(/^# ours\nformat/);
    expect(both).toContain('  # asked by Ann\n');
    expect(both).toContain('# first\n');
    expect(parseWaivers({ path: 'w.yaml', text: both, today }).waivers.map(({ table }) => table)).toEqual([
      'b',
      TABLE,
    ]);
  });

  it('stand one below the other in a list that was empty', () => {
    const text = written('2026-07-01', 'format: rowproof/waivers@1\nwaivers: []\n');
    expect(text).toContain('waivers:\n  - row:\n');
  });

  it('keep words that YAML would read as something else', () => {
    const added = [
      {
        about: { row: { table: 'no', hash: digester.waiverHash('no', ROW) } },
        owner: '007',
        reason: '- x: #y',
        expires: '2026-07-01',
      },
    ];
    const text = addWaivers({ path: 'w.yaml', text: null, added, secretCheck: '00000000' });
    expect(parseWaivers({ path: 'w.yaml', text, today })).toMatchObject({
      secretCheck: '00000000',
      waivers: [{ table: 'no', owner: '007', reason: '- x: #y' }],
    });
  });
});
