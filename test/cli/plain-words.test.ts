import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/command-line.js';
import { readPlainWords } from '../../src/cli/plain-words.js';
import { flagsOf } from '../../src/config/options/options.js';

const COMMANDS = ['verify', 'watch', 'plan'] as const;
const VALUES = [
  'a',
  'orders',
  '10',
  '1e3',
  'true',
  'false',
  'a=b',
  'x,y',
  'a b',
  'ü',
  '*.sql',
  '.',
  'no',
  '0x1f',
];
const ODD_WORDS = [
  '',
  '-',
  '--',
  '-1',
  '"a"',
  "'",
  '--help',
  '-h',
  '--version',
  '--sorce',
  'x',
  '--tables=',
  '-t',
];

/** The parser's answer, without what it says of flags that were not given; null where it refuses the words. */
async function parse(argv: readonly string[]): Promise<unknown> {
  const command = await parseCommandLine(argv, 80).catch(() => null);
  return command === null ? null : JSON.parse(JSON.stringify(command));
}

const flag = (command: string): fc.Arbitrary<string> =>
  fc.constantFrom(...flagsOf(command).map(({ name }) => `--${name}`));

/** Mostly flags with one value, as they are typed, and among them whatever else a shell may hand over. */
const words = (command: string): fc.Arbitrary<string[]> => {
  const value = fc.constantFrom(...VALUES);
  const typed = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(flag(command), value) },
    { weight: 2, arbitrary: fc.tuple(flag(command), value).map(([name, text]) => [`${name}=${text}`]) },
    { weight: 2, arbitrary: flag(command).map((name) => [name]) },
    { weight: 1, arbitrary: fc.tuple(flag(command), value, value) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_WORDS).map((word) => [word]) },
  );
  return fc.array(typed, { maxLength: 4 }).map((groups) => [command, ...groups.flat()]);
};

describe('a command line of flags and their values', () => {
  it('is read as the parser reads it, or left to the parser', { timeout: 120_000 }, async () => {
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...COMMANDS).chain(words), async (argv) => {
        const read = readPlainWords(argv);
        if (read === null) return;
        plain++;
        expect(JSON.parse(JSON.stringify(read))).toEqual(await parse(argv));
      }),
      { numRuns: 400 },
    );
    expect(plain).toBeGreaterThan(80);
  });

  it.each(COMMANDS)('of %s is read for each of its flags', async (command) => {
    for (const { name, option } of flagsOf(command)) {
      const argv = [command, `--${name}`, ...(option.kind.is === 'switch' ? [] : ['a'])];
      const read = readPlainWords(argv);
      expect(read, name).not.toBeNull();
      expect(JSON.parse(JSON.stringify(read))).toEqual(await parse(argv));
    }
  });

  it.each([
    [['report', 'run.json']],
    [['verify', '--help']],
    [['verify', 'orders']],
    [['verify', '--source']],
    [['verify', '--seed', '-1']],
    [['verify', '--source', '"mysql://old/shop"']],
    [['verify', '--no-journal', 'true']],
    [['verify', '--seed', '1', '--seed', '2']],
    [[]],
  ])('that is more than that is left to the parser: %j', (argv) => {
    expect(readPlainWords(argv)).toBeNull();
  });
});
