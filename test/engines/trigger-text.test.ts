import { describe, expect, it } from 'vitest';
import {
  ANYTHING,
  findSettable,
  type LinkedText,
  mayChangeOtherRows,
} from '../../src/engines/trigger-text.js';

describe('the text of a trigger', () => {
  it.each([
    'delete from t',
    'DELETE a, b FROM a JOIN b USING (id)',
    'DELETE LOW_PRIORITY FROM t',
    'UPDATE LOW_PRIORITY t SET a = 1',
    'UPDATE a JOIN b USING (id) SET a.x = 1',
    'update only public.t set a = 1',
    'INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE n = n + 1',
    'insert into t values (1) on conflict (id) do update set n = 1',
    'REPLACE t VALUES (1)',
    'truncate t',
    'alter table t disable trigger all',
    'DROP TABLE other.t',
    "begin execute 'x'; end",
    "x := '-- '; delete from t;",
    "x := 'a\\'; delete from t; y := 'b';",
    "SET @x = 'a\\'-- '; DELETE FROM t;",
    'SET @x = 5--1; DELETE FROM t',
    '/*! DELETE FROM t */',
    '/* a /* b */ delete from t */',
  ])('may change other rows: %s', (text) => {
    expect(mayChangeOtherRows(text, [])).toBe(true);
  });

  it.each([
    "insert into log values ('delete from t')",
    "if tg_op = 'DELETE' then insert into log values (old.id); end if",
    "-- delete from t\ninsert into log values ('it''s')",
    'SET NEW.code = REPLACE(NEW.code, 1, 2), NEW.n = TRUNCATE(NEW.n, 2)',
    'select 1 from t for update; select 1 from t for no key update',
    'new.last_update := now(); new."delete" := true',
    'SET NEW.word = INSERT(NEW.word, 1, 1, NEW.x)',
  ])('changes none: %s', (text) => {
    expect(mayChangeOtherRows(text, [{ on: 'insert', name: 'other', text: 'delete from t' }])).toBe(false);
  });

  it.each([
    'insert into log values (1)',
    'INSERT IGNORE INTO `shop`.`log` VALUES (1)',
    'insert into "shop" . "log" select 1',
    'insert log values (1)',
    'insert into middle values (1)',
    // Where the rows go cannot be made out.
    'insert into /*! log */ values (1)',
  ])('may change rows by the trigger of a table that it adds to: %s', (text) => {
    const triggers: LinkedText[] = [
      { on: 'insert', name: 'Log', text: 'delete from t' },
      { on: 'insert', name: 'middle', text: 'insert into log values (1)' },
      { on: 'insert', name: 'log', text: 'insert into middle values (1)' },
    ];
    expect(mayChangeOtherRows(text, triggers)).toBe(true);
    expect(mayChangeOtherRows(text, triggers.slice(1))).toBe(false);
  });

  it.each([
    'perform shop.Clean (old.id)',
    'SET NEW.a = `clean`(1)',
    'set @x = outer_one(NEW.a)',
    'insert into log values (outer_one(1))',
    'select * from hidden()',
  ])('may change rows by a function that it calls: %s', (text) => {
    const functions: LinkedText[] = [
      { on: 'call', name: 'outer_one', text: 'return clean(1)' },
      { on: 'call', name: 'clean', text: 'delete from t' },
      { on: 'call', name: 'hidden', text: ANYTHING },
    ];
    expect(mayChangeOtherRows(text, functions)).toBe(true);
    expect(mayChangeOtherRows(text, [{ on: 'call', name: 'lean', text: ANYTHING }])).toBe(false);
  });

  it('is read in no time where it is one long word', () => {
    expect(mayChangeOtherRows(`set @x = ${'a'.repeat(4e6)}`, [])).toBe(false);
  });

  it.each([
    ['new.code := 1; return new;', true],
    ['if true then new.code = 1; end if', true],
    ['SET NEW.a = 1, NEW.`Code` = 2', true],
    ['select x into strict new.code from t', true],
    ['new := old; return new;', true],
    ['select * into new from t', true],
    ['return other;', true],
    ['if new.code = old.code then return null; end if; return new;', false],
    ['return coalesce(new, old);', false],
    ["insert into log values (new.code, 'new.code := 1'); return new;", false],
    ['new.codes := 1; return new;', false],
  ])('%s may set a column: %s', (text, expected) => {
    expect(findSettable([{ name: 'code' }], [{ name: 't', text }]).has('code')).toBe(expected);
  });
});
