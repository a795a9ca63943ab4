import { checkSettings, type SettingsForm } from './check-settings.js';
import { readDocument } from './file-document.js';
import { CONFIG_FILE } from './file-schema.js';
import { listForeign } from './options/options.js';
import type { FileSettings } from './options/setting-types.js';
import type { RawFlags } from './raw-flags.js';
import type { KeyPath } from './settings-document.js';
import { flagsOfSettings } from './settings-flags.js';
import { substituteVariables, type Variables } from './substitute-variables.js';

/** A config file that says nothing wrong by itself. */
export interface ConfigFile {
  readonly path: string;
  readonly content: FileSettings;
  /** What it says that a flag of the same name says too. */
  readonly flags: RawFlags;
  /** The variables of the environment that it names; their values are in no message. */
  readonly variables: Variables;
  /** Where a setting stands, for messages: the path of the file and the line. */
  readonly placeOf: (at: KeyPath) => string;
}

export interface ConfigFileText {
  /** For messages. */
  readonly path: string;
  readonly text: string;
  readonly variables: Variables;
  /** Keys whose values flags replace. */
  readonly replaced?: readonly string[];
}

const FORM: SettingsForm = { schema: CONFIG_FILE, foreign: listForeign('insteadInFile') };

/** Reads the text of a config file, or throws a `usage` error with the line and the key that is wrong. */
export function parseConfigFile({ path, text, variables, replaced = [] }: ConfigFileText): ConfigFile {
  const document = readDocument(path, text);
  const content = checkSettings(document, FORM, substituteVariables(document, variables, replaced));
  return {
    path,
    content,
    flags: flagsOfSettings(content),
    variables: namedIn(text, variables),
    placeOf: document.placeOf,
  };
}

function namedIn(text: string, variables: Variables): Variables {
  const names = [...text.matchAll(/\$\{([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, variables[name]]));
}
