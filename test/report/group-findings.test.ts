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
      place(name, { code: 'table-unreadable', message: `Cannot read shop.${name} on the source: denied.` });
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
        message: 'Table shop.orders has 3 rows on the target and 4 on the source.',
      }),
      place('items', {
        code: 'row-count',
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
        message: `Table public.${name} exists on the target only; its rows were not looked at.`,
      });
    const [told, ...others] = tellFindings(Array.from({ length: 9 }, (_, i) => extra(`old ${i}`)));
    expect(others).toEqual([]);
    expect(told?.text).toBe(
      '[extra-table] Table public.old 0 exists on the target only; its rows were not looked at. The same of 8 more tables: ' +
        'public.old 1, public.old 2, public.old 3, public.old 4, public.old 5, public.old 6, public.old 7, public.old 8.',
    );
  });

  it('of one table that say the same are one', () => {
    expect(tellFindings([skipped('orders'), skipped('orders')]).map(({ text }) => text)).toEqual([
      '[column-unverified] shop.orders → public.orders: Column at was not compared: it needs a zone.',
    ]);
  });
});
