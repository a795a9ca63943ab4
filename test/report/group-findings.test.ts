import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding.js';
import { tellFindings } from '../../src/report/group-findings.js';

const place = (name: string | null, finding: Partial<Finding> & Pick<Finding, 'code' | 'message'>) => ({
  table: name === null ? null : { source: `shop.${name}`, target: `public.${name}` },
  finding: { hint: '', ...finding },
});
const skipped = (name: string, column = 'at') =>
  place(name, {
    code: 'column-unverified',
    about: { table: `shop.${name}`, columns: [column], detail: 'it needs a zone' },
    message: `Column ${column} was not compared: it needs a zone.`,
    hint: `Leave it out with --ignore-columns ${name}.${column}.`,
  });

describe('findings of several tables', () => {
  it('are said once where they differ in nothing but the table', () => {
    expect(tellFindings([skipped('orders'), skipped('items'), skipped('orders', 'day')])).toEqual([
      {
        text: '[column-unverified] 2 tables (public.orders, public.items): Column at was not compared: it needs a zone.',
        hint: 'Leave it out with --ignore-columns TABLE.at.',
      },
      {
        text: '[column-unverified] shop.orders → public.orders: Column day was not compared: it needs a zone.',
        hint: 'Leave it out with --ignore-columns orders.day.',
      },
    ]);
  });

  it('name the first tables and count the others', () => {
    const many = Array.from({ length: 16 }, (_, i) => skipped(`t${i}`));
    expect(tellFindings(many).map(({ text }) => text)).toEqual([
      '[column-unverified] 16 tables (public.t0, public.t1, public.t2, public.t3, public.t4 and 11 more): Column at was not compared: it needs a zone.',
    ]);
  });

  it('keep the sentence of the first where it names its table', () => {
    const unread = (name: string) =>
      place(name, {
        code: 'table-unreadable',
        about: { table: `shop.${name}`, side: 'source', detail: 'denied' },
        message: `Cannot read shop.${name} on the source: denied.`,
      });
    expect(tellFindings([unread('orders'), unread('items'), unread('notes')])).toEqual([
      {
        text: '[table-unreadable] Cannot read shop.orders on the source: denied. The same of 2 more tables: public.items, public.notes.',
        hint: '',
      },
    ]);
  });

  it('are kept apart where anything else differs, or where they are of the run and of a table', () => {
    const told = tellFindings([
      place('orders', {
        code: 'row-count',
        about: { table: 'shop.orders', detail: '4 and 3' },
        message: 'Table shop.orders has 3 rows on the target and 4 on the source.',
      }),
      place('items', {
        code: 'row-count',
        about: { table: 'shop.items', detail: '5 and 3' },
        message: 'Table shop.items has 3 rows on the target and 5 on the source.',
      }),
      place('items', { code: 'standby', message: 'The server is a standby.' }),
      place(null, { code: 'standby', message: 'The server is a standby.' }),
    ]);
    expect(told).toHaveLength(4);
  });

  it('name every table that stands nowhere else in the report', () => {
    const extra = (name: string) =>
      place(null, {
        code: 'extra-table',
        about: { table: `public.${name}`, side: 'target' },
        message: `Table public.${name} exists on the target only; its rows were not looked at.`,
      });
    const [told, ...others] = tellFindings(Array.from({ length: 9 }, (_, i) => extra(`old ${i}`)));
    expect(others).toEqual([]);
    expect(told?.text).toBe(
      '[extra-table] Table public.old 0 exists on the target only; its rows were not looked at. The same of 8 more tables: ' +
        'public.old 1, public.old 2, public.old 3, public.old 4, public.old 5, public.old 6, public.old 7, public.old 8.',
    );
  });

  it('are grouped by what they concern, whatever words the names of tables are', () => {
    const altered = (name: string, detail: string) =>
      place(name, {
        code: 'schema-changed',
        about: { table: name, side: 'target', detail },
        message: `${name} on the target was altered during the run: ${detail}.`,
      });
    const told = tellFindings([
      altered('the', 'column a was dropped'),
      altered('run', 'column a was dropped'),
    ]);
    expect(told.map(({ text }) => text)).toEqual([
      '[schema-changed] the on the target was altered during the run: column a was dropped. The same of 1 more table: public.run.',
    ]);
    expect(tellFindings([altered('the', 'column a was dropped'), altered('run', 'all gone')])).toHaveLength(
      2,
    );
  });

  it('of an earlier version, which say nothing but their sentence, are one where that is the same', () => {
    const older = ['orders', 'items'].map((name) =>
      place(name, { code: 'extra-column', message: 'Column at exists on the target only.' }),
    );
    expect(tellFindings(older).map(({ text }) => text)).toEqual([
      '[extra-column] 2 tables (public.orders, public.items): Column at exists on the target only.',
    ]);
  });

  it('of one table that say the same are one', () => {
    expect(tellFindings([skipped('orders'), skipped('orders')]).map(({ text }) => text)).toEqual([
      '[column-unverified] shop.orders → public.orders: Column at was not compared: it needs a zone.',
    ]);
  });
});
