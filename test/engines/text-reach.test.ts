import { describe, expect, it } from 'vitest';
import { ANYTHING, insertsThrough, type LinkedText, TextReach } from '../../src/engines/text-reach.js';

const mayChange = (text: string, linked: readonly LinkedText[]): boolean =>
  new TextReach(linked).findHarm(text) !== null;

describe('what a text sets off', () => {
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
    "/* a /* b */ it's */ delete from t; x := 'b'",
    "# don't\nDELETE FROM t; # can't",
    "x := $q$it's$q$; delete from t; y := 'b'",
    'SET @x = "a\\"b"; DELETE FROM t; SET @y = "c"',
    "do 'begin delete from t; end'",
    "do E'begin \\x64elete from t; end;'",
    "do language plpgsql e'begin \\x64elete from t; end;'",
    'perform query_to_xml(q, true, true, null)',
    'select U&"cl\\0065an"(1)',
    'copy log from program x',
    "create function f() returns int language sql as 'delete from t; select 1'",
  ])('may change other rows: %s', (text) => {
    expect(mayChange(text, [])).toBe(true);
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
    expect(mayChange(text, [{ on: 'insert', name: 'other', text: 'delete from t' }])).toBe(false);
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
    expect(mayChange(text, triggers)).toBe(true);
    expect(mayChange(text, triggers.slice(1))).toBe(false);
  });

  it.each([
    'perform shop.Clean (old.id)',
    'SET NEW.a = `clean`(1)',
    'set @x = outer_one(NEW.a)',
    'insert into log values (outer_one(1))',
    'select * from hidden()',
    'select new.clean',
  ])('may change rows by a function that it calls: %s', (text) => {
    const functions: LinkedText[] = [
      { on: 'name', name: 'outer_one', text: 'return clean(1)' },
      { on: 'name', name: 'clean', text: 'delete from t' },
      { on: 'name', name: 'hidden', text: ANYTHING },
    ];
    expect(mayChange(text, functions)).toBe(true);
    expect(mayChange(text, [{ on: 'name', name: 'lean', text: ANYTHING }])).toBe(false);
  });

  it('is read in no time where it is one long word', () => {
    expect(mayChange(`set @x = ${'a'.repeat(4e6)}`, [])).toBe(false);
    expect(mayChange(`set @x = '${'a'.repeat(2e7)}'`, [])).toBe(false);
  });

  it.each(['new.code <~> old.code', 'new.a OPERATOR(public.<~>) 1'])(
    'may change rows by the function of an operator: %s',
    (text) => {
      const linked: LinkedText[] = [
        { on: 'operator', name: '<~>', text: 'Clean' },
        { on: 'name', name: 'clean', text: 'delete from t' },
      ];
      expect(mayChange(text, linked)).toBe(true);
      expect(mayChange("new.code = '<~>'", linked)).toBe(false);
    },
  );

  it.each([
    ['~~', "'a'::e like 1"],
    ['!~~', "'a'::e NOT LIKE 1"],
    ['~~*', "'a'::e ilike 1"],
    ['!~~*', "'a'::e not ilike 1"],
    ['~', "'a'::e similar to 'x'"],
    ['<>', "'a'::e != 1"],
    ['<>', "'a'::e not in (1)"],
    ['=', "'a'::e in (1)"],
    ['=', "nullif('a'::e, 1)"],
    ['<=', "'a'::e between 1 and 2"],
  ])('may change rows by the function of an operator %s that a word stands for: %s', (name, text) => {
    const linked: LinkedText[] = [{ on: 'operator', name, text: 'delete from t' }];
    expect(mayChange(text, linked)).toBe(true);
    expect(mayChange(text.replace(/like|ilike|similar|!=|in |nullif|between/i, 'as'), linked)).toBe(false);
  });

  it.each([
    'create temp table if not exists zq (a int)',
    'grant select on t to public',
    "comment on table t is 'x'",
    'refresh materialized view v',
  ])('may change rows by the trigger of an event: %s', (text) => {
    const linked: LinkedText[] = [{ on: 'command', name: 'ev', text: 'delete from t' }];
    expect(mayChange(text, linked)).toBe(true);
    expect(mayChange('select a into b from t', linked)).toBe(false);
  });

  it.each(['analyze log', 'reindex table log'])('may change rows by what computes an index: %s', (text) => {
    expect(mayChange(text, [{ on: 'insert', name: 'log', text: 'delete from t' }])).toBe(true);
  });

  it.each([
    ['a"b', 'perform "a""b"()'],
    ['a`b', 'set @x = `a``b`()'],
    ['x'.repeat(63), `perform ${'x'.repeat(70)}()`],
    [`${'x'.repeat(61)}`, `perform "${'x'.repeat(61)}日本"()`],
  ])('may change rows by what has the name %s: %s', (name, text) => {
    expect(mayChange(text, [{ on: 'name', name, text: 'delete from t' }])).toBe(true);
    expect(mayChange(text, [{ on: 'name', name: 'b', text: 'delete from t' }])).toBe(false);
  });

  it.each(['insert into "l""6" values (1)', 'insert into `l"6` values (1)'])(
    'adds rows to what is quoted: %s',
    (text) => {
      expect(mayChange(text, [{ on: 'insert', name: 'l"6', text: 'delete from t' }])).toBe(true);
    },
  );

  it('says through what', () => {
    const linked: LinkedText[] = [
      { on: 'name', name: 'outer_one', text: 'insert into Log values (1)' },
      { on: 'insert', name: 'Log', text: 'select 1 <~> 2' },
      { on: 'operator', name: '<~>', text: 'clean' },
      { on: 'name', name: 'clean', text: 'delete from t' },
    ];
    const reach = new TextReach(linked);
    expect(reach.findHarm('perform outer_one(1)')).toEqual([
      'outer_one',
      'rows added to Log',
      'operator <~>',
      'clean',
    ]);
    expect(reach.findHarm('delete from t')).toEqual([]);
    expect(reach.findHarm('select 1')).toBeNull();
  });

  it('may change rows by what the server takes by itself', () => {
    const linked: LinkedText[] = [{ on: 'name', name: 'clean', text: 'delete from t' }];
    expect(mayChange('new.code := 1', linked)).toBe(false);
    expect(mayChange('new.code := 1', [...linked, { on: 'always', name: '', text: 'clean' }])).toBe(true);
  });

  it('adds rows to the tables of a view that it adds rows to', () => {
    const linked: LinkedText[] = [
      { on: 'insert', name: 'v', text: insertsThrough('select a."Id" from "Log" a where a.x > 1') },
      { on: 'insert', name: 'log', text: 'delete from t' },
    ];
    expect(mayChange('insert into v values (1)', linked)).toBe(true);
    expect(mayChange('select * from v', linked)).toBe(false);
  });
});
