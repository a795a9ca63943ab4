import { describe, expect, it } from 'vitest';
import { findSettable } from '../../src/engines/trigger-text.js';

describe('the text of a trigger', () => {
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
