import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatJsonSchema } from '../../src/config/json-schema.js';
import { COMMAND_NAMES, type NamedOption } from '../../src/config/options/option.js';
import { flagOf, nameOf } from '../../src/config/options/option-names.js';
import {
  callOption,
  callSetting,
  FILE_OPTIONS,
  flagsOf,
  type RUN_OPTIONS,
  TABLE_SETTINGS,
} from '../../src/config/options/options.js';
import type { FileSettings, TableSettings } from '../../src/config/options/setting-types.js';
import { withSettingTables } from './setting-tables.js';

type Options = typeof RUN_OPTIONS;

/** The examples of the table as the compiler sees them: the types of settings must take them. */
type Examples = {
  [Name in keyof Options as Options[Name] extends { file: { example: unknown } }
    ? Name
    : never]: Options[Name] extends { file: { example: infer Example } } ? Example : never;
};
type TableExamples = {
  [Name in keyof Options as Options[Name] extends { table: { name: infer Own extends string } }
    ? Own
    : Options[Name] extends { table: object }
      ? Name
      : never]: Options[Name] extends { table: { example: infer Example } } ? Example : never;
};

const flags = COMMAND_NAMES.flatMap((command) => flagsOf(command).map((flag) => ({ command, ...flag })));

describe('the table of options', () => {
  it('gives settings the types of their examples', () => {
    const settings = (examples: Examples): FileSettings => examples;
    const ofTable = (examples: TableExamples): TableSettings => examples;
    expect([settings, ofTable]).toHaveLength(2);
  });

  it('has a flag once in each command, and a sentence about it', () => {
    const names = flags.map(({ command, name }) => `${command} --${name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(flags.filter(({ help }) => !/^\S.*[^.]$/.test(help))).toEqual([]);
  });

  it('names every word of a choice in its help', () => {
    const choices = flags.flatMap(({ help, option }) =>
      option.kind.is === 'choice'
        ? [{ help, words: option.kind.words }]
        : option.kind.is === 'reports'
          ? [{ help, words: option.kind.formats }]
          : [],
    );
    expect(choices.filter(({ help, words }) => !words.every((word) => help.includes(word)))).toEqual([]);
    expect(choices.length).toBeGreaterThan(0);
  });

  it('says of every setting whether it is part of what is asked', () => {
    const settings: readonly NamedOption[] = [...FILE_OPTIONS, ...TABLE_SETTINGS.map(({ option }) => option)];
    expect(settings.filter(({ part }) => part === undefined)).toEqual([]);
  });

  it('gives flags their settings in kebab case', () => {
    expect(['ignoreColumns', 'source'].map(flagOf)).toEqual(['ignore-columns', 'source']);
    expect(['--ignore-columns', 'max_load'].map(nameOf)).toEqual(['ignoreColumns', 'maxLoad']);
  });
});

describe('the name of an option in an error', () => {
  it.each([
    ['--ignore-columns', { setting: 'ignoreColumns', flag: '--ignore-columns' }],
    ['--hide-values', { setting: 'showValues', flag: '--hide-values' }],
    ['--dry-run', { setting: null, flag: '--dry-run' }],
    ['--sorce', { setting: null, flag: '--sorce' }],
    ['columnMap', { setting: 'columnMap', flag: null }],
  ])('is found for the word %s', (word, names) => {
    expect(callOption(word)).toEqual({ ...names, given: word });
  });

  it.each([
    [['workers'], { setting: 'workers', flag: '--workers' }],
    [['tables', 0], { setting: 'tables', flag: '--tables' }],
    [['tableSettings', 'o', 'target'], { setting: 'map', flag: '--map' }],
    [['tableSettings', 'o', 'columnMap', 'a'], { setting: 'columnMap', flag: null }],
    [['tableSettings', 'o'], { setting: 'tableSettings', flag: null }],
    [['wrokers'], { setting: null, flag: null }],
  ])('is found for the key %j', (path, names) => {
    expect(callSetting(path, 'as given')).toEqual({ ...names, given: 'as given' });
  });
});

/** `vitest run -u` writes both files anew. */
describe('what is made of the table of options', () => {
  it('is the JSON Schema in the package', async () => {
    await expect(formatJsonSchema()).toMatchFileSnapshot('../../schema/rowproof.schema.json');
    expect(JSON.parse(formatJsonSchema())).toMatchObject({
      additionalProperties: false,
      properties: {
        workers: { anyOf: [{ type: 'integer', minimum: 1, maximum: 64 }, { type: 'string' }] },
        tableSettings: { additionalProperties: { additionalProperties: false } },
      },
    });
  });

  it('is the table of settings on the page about them', async () => {
    const page = withSettingTables(readFileSync(new URL('../../docs/config.md', import.meta.url), 'utf8'));
    await expect(page).toMatchFileSnapshot('../../docs/config.md');
    const shown = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(shown).toEqual([...FILE_OPTIONS, ...TABLE_SETTINGS].map(({ name }) => name));
  });
});
