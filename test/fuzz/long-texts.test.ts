import { describe, expect, it } from 'vitest';
import { redactPasswords } from '../../src/config/redact-passwords.js';
import { grantsSchema, matchesLike } from '../../src/engines/mysql/grants.js';
import { TextReach } from '../../src/engines/text-reach.js';
import { findAssigned, findSettable } from '../../src/engines/trigger-text.js';
import { guardJson, guardText, visibleMessage, visibleName } from '../../src/words/visible-text.js';

/** Long enough that a pattern which looks at each part of a text for each part of it takes minutes. */
const CHARACTERS = 400_000;
/** A busy machine takes its time too. */
const MOST_MS = 5000;

/** What makes careless patterns begin again and again. */
const PIECES = [
  'a',
  ' ',
  '?',
  '#',
  '/*',
  'a://',
  'a://b:',
  '@a://b:',
  'mysql//',
  'mysql:',
  '?pass',
  '&token',
  '##a-',
  '::',
  '\n',
  'set ',
  'begin ',
  'update a ',
  '\u001b[0',
  '%a',
];

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  redactPasswords,
  guardText,
  guardJson,
  visibleMessage,
  visibleName,
  findHarm: (text) => new TextReach([{ on: 'insert', name: 'a', text }]).findHarm(text),
  findAssigned: (text) => findAssigned([{ name: 'a' }], [{ name: 't', text }]),
  findSettable: (text) => findSettable([{ name: 'a' }], [{ name: 't', text }]),
  matchesLike: (text) => matchesLike(text.slice(0, 4000), `${'a'.repeat(200)}b`),
  grantsSchema: (text) => grantsSchema([`GRANT SELECT ON ${text.slice(0, 20_000)}`], 'shop'),
};

describe('a text of a server that is long and of one piece', () => {
  it.each(Object.keys(READERS))('does not keep %s busy', (name) => {
    const read = READERS[name];
    for (const piece of PIECES) {
      const text = piece.repeat(CHARACTERS / piece.length);
      const began = performance.now();
      read?.(text);
      expect(performance.now() - began, `${name} of ${JSON.stringify(piece)}`).toBeLessThan(MOST_MS);
    }
  });
});
