import { RowproofError } from '../core/errors.js';
import { isNestedDeeperThan } from '../core/nesting.js';
import { checkSettings, type SettingsForm } from './check-settings.js';
import { FILE_SHAPE, schemaOf } from './file-schema.js';
import { formOf } from './file-values.js';
import { mergeSettings } from './merge-settings.js';
import { nameOf } from './options/option-names.js';
import { listForeign, RUN_OPTIONS } from './options/options.js';
import type { VerifySettings } from './options/setting-types.js';
import type { RunConfig } from './run-config.js';
import { faultAt, type KeyPath, MOST_DEPTH, type SettingsDocument } from './settings-document.js';
import { flagsOfSettings } from './settings-flags.js';

const FOREIGN = listForeign('insteadInProgram');

const SETTINGS = schemaOf(
  {
    ...Object.fromEntries(Object.entries(FILE_SHAPE).filter(([name]) => !Object.hasOwn(FOREIGN, name))),
    source: formOf(RUN_OPTIONS.source.kind),
    target: formOf(RUN_OPTIONS.target.kind),
  },
  'expected an object with source and target',
);

/** What means something on the command line goes with what a program does instead. */
const FORM: SettingsForm = { schema: SETTINGS, foreign: FOREIGN };

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
    flags: flagsOfSettings(content),
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
  const words = (sentence: string) => sentence.replace(/--[a-z][a-z-]*/g, nameOf);
  const message = words(error.message);
  const place = message.startsWith(`${PLACE}: `) ? '' : `${PLACE}: `;
  const { code, option, hint, cause } = error;
  return new RowproofError({
    code,
    message: `${place}${message}`,
    hint: words(hint),
    cause,
    option: option === null ? null : { ...option, given: nameOf(option.given) },
  });
}
