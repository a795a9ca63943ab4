import { z } from 'zod';
import { RowproofError } from '../core/errors.js';
import { isNestedDeeperThan } from '../core/nesting.js';
import { checkSettings, type SettingsForm } from './check-settings.js';
import { CONFIG_FILE } from './file-schema.js';
import { text } from './file-values.js';
import { mergeSettings } from './merge-settings.js';
import type { RunConfig } from './run-config.js';
import { faultAt, type KeyPath, MOST_DEPTH, type SettingsDocument } from './settings-document.js';
import { flagsOf, settingOf } from './settings-flags.js';

const { report, differences, repair, quiet, noColor, ...SHARED } = CONFIG_FILE.shape;

const SETTINGS = z.strictObject(
  { ...SHARED, source: text('a URL'), target: text('a URL') },
  { error: 'expected an object with source and target' },
);

/** A whole number may be a number or a bigint; nothing that is handed in is changed. */
type Given<Value> = Value extends bigint
  ? bigint | number
  : Value extends readonly (infer Item)[]
    ? readonly Given<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Given<Value[Key]> }
      : Value;

/** What a program may ask of a run: the settings of a config file by the same names, but for those of the output. */
export type VerifySettings = Given<z.infer<typeof SETTINGS>>;

/** What means something on the command line, and what a program does instead. */
const FORM: SettingsForm = {
  schema: SETTINGS,
  foreign: {
    config: 'It is a flag of the command line: give the settings themselves.',
    noConfig: 'It is a flag of the command line: a program reads no config file.',
    report: 'Write what formatReport(outcome.result, { format }) returns.',
    differences: 'Read outcome.differences().',
    repair: 'Repair SQL is written by rowproof verify --repair.',
    quiet: 'A run prints nothing: it tells its listener of events.',
    noColor: 'Say it to formatReport: { color: false }.',
    hideValues: 'Write showValues: false.',
    json: 'Write what planRun(config) resolves with.',
  },
};

const PLACE = 'settings';

/**
 * Turns settings into the one config that everything else takes, or throws a `usage` error that says which is wrong. A
 * name that means nothing is refused: a misspelt one would be without effect.
 */
export function resolveConfig(settings: VerifySettings): RunConfig {
  const document = readSettingsObject(settings);
  const content = checkSettings(document, FORM);
  const file = {
    path: PLACE,
    content,
    flags: flagsOf(content),
    variables: {},
    placeOf: document.placeOf,
  };
  try {
    return mergeSettings({}, file).config;
  } catch (error) {
    throw inWordsOfSettings(error);
  }
}

function readSettingsObject(settings: unknown): SettingsDocument {
  const fault = (at: KeyPath, message: string, hint?: string) => faultAt(PLACE, at, message, hint);
  if (isNestedDeeperThan(settings, MOST_DEPTH)) {
    throw fault([], 'values lie in each other too deeply, or an object holds itself');
  }
  return { value: toDocumentValue(settings, []), placeOf: () => PLACE, fault };

  function toDocumentValue(value: unknown, path: KeyPath): unknown {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
    if (Array.isArray(value)) return value.map((each, index) => toDocumentValue(each, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => {
        const at = [...path, key];
        // What checks the values passes over this one key, so that a setting would have no effect.
        if (key === '__proto__') throw fault(at, 'this name cannot be used as a key');
        return [key, toDocumentValue(each, at)];
      }),
    );
  }
}

/** A program wrote settings, no flags. */
function inWordsOfSettings(error: unknown): unknown {
  if (!(error instanceof RowproofError)) return error;
  const words = (sentence: string) => sentence.replace(/--[a-z][a-z-]*/g, settingOf);
  const message = words(error.message);
  const place = message.startsWith(`${PLACE}: `) ? '' : `${PLACE}: `;
  return new RowproofError({ code: error.code, message: `${place}${message}`, hint: words(error.hint) });
}
