import { describe, expect, it } from 'vitest';
import { findClockCondition } from '../../src/app/clock-condition.js';

const tableOf = (where: string, targetWhere = ''): string | null =>
  findClockCondition({
    where: new Map([['orders', where]]),
    targetWhere: new Map(targetWhere === '' ? [] : [['lines', targetWhere]]),
  });

describe('a condition', () => {
  it.each([
    'created < now()',
    'created < NOW (6)',
    'created > CURRENT_TIMESTAMP - INTERVAL 1 DAY',
    'created > current_date',
    "created > 'now'::timestamptz",
    "created > date ' Yesterday '",
    'created > SYSDATE()',
    'created > localtimestamp(0)',
    'day = curdate()',
    'id < unix_timestamp()',
    "age(created) < '1 day'",
    'rand() < 0.5',
    'owner = current_user',
    'id = pg_backend_pid()',
    "word = 'quiet' /* then */ AND created < now()",
    "word = 'it''s' AND created < now()",
    String.raw`word = 'it\'s' AND created < now() AND other = 'it'`,
    "created < 'today 10:00'",
    "created < '10:00 tomorrow'",
    'created < $$now$$::timestamp',
    'created < "now"()',
    '`created` < `now` ()',
    'created < now/* then */()',
    'created < now -- then\n()',
    'created < /*!now()*/',
    'created < 5--now()',
  ])('that reads the clock is noticed: %s', (where) => {
    expect(tableOf(where)).toBe('orders');
    expect(tableOf('id > 5', where)).toBe('lines');
  });

  it.each([
    'id > 5',
    "created < '2026-11-29'",
    "word = 'right or wrong'",
    '`now` > 5 AND `age` IN (3)',
    'known(5) = 5',
    'id > 5 -- later',
    'SLEEP(0.1) = 0',
    'average > 5',
  ])('that means the same rows at any time is not: %s', (where) => {
    expect(tableOf(where)).toBeNull();
  });

  it.each(["word = 'right now()'", 'id > 5 /* not now() */', 'today > 5 AND word = "it\'s today"'])(
    'is taken to read the clock where only a server could tell: %s',
    (where) => expect(tableOf(where)).toBe('orders'),
  );
});
