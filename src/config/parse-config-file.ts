import type { z } from 'zod';
import { findClosestName } from './closest-name.js';
import { type FileDocument, type KeyPath, readDocument } from './file-document.js';
import { CONFIG_FILE, type ConfigFileContent, TABLE_SETTINGS } from './file-schema.js';
import type { RawFlag, RawFlags } from './raw-flags.js';
import { redactPasswords } from './redact-passwords.js';
import { substituteVariables, type Variables } from './substitute-variables.js';

/** A config file that says nothing wrong by itself. */
export interface ConfigFile {
  readonly path: string;
  readonly content: ConfigFileContent;
  /** What it says that a flag of the same name says too. */
  readonly flags: RawFlags;
  /** The variables of the environment that it names; their values are in no message. */
  readonly variables: Variables;
}

export interface ConfigFileText {
  /** For messages. */
  readonly path: string;
  readonly text: string;
  readonly variables: Variables;
  /** Keys whose values flags replace. */
  readonly replaced?: readonly string[];
}

const LONGEST_QUOTE = 60;

/** Reads the text of a config file, or throws a `usage` error with the line and the key that is wrong. */
export function parseConfigFile({ path, text, variables, replaced = [] }: ConfigFileText): ConfigFile {
  const document = readDocument(path, text);
  const parsed = CONFIG_FILE.safeParse(substituteVariables(document, variables, replaced));
  if (!parsed.success) throw faultOf(document, parsed.error.issues);
  return { path, content: parsed.data, flags: readFlags(parsed.data), variables: namedIn(text, variables) };
}

function namedIn(text: string, variables: Variables): Variables {
  const names = [...text.matchAll(/\$\{([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, variables[name]]));
}

/** An unknown key goes first: it may be why something else is wrong. */
function faultOf(document: FileDocument, issues: readonly z.core.$ZodIssue[]): Error {
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys')
      return unknownKey(document, keyPathOf(issue), issue.keys[0] ?? '');
  }
  const [issue] = issues;
  if (issue === undefined) return document.fault([], 'expected settings, got something else');
  const path = keyPathOf(issue);
  return document.fault(path, `${issue.message}, got ${quoteValue(document, path)}`);
}

function keyPathOf({ path }: z.core.$ZodIssue): KeyPath {
  return path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

function unknownKey(document: FileDocument, parent: KeyPath, key: string): Error {
  const known = Object.keys(parent.length === 0 ? CONFIG_FILE.shape : TABLE_SETTINGS.shape);
  if (parent.length === 0 && Object.hasOwn(TABLE_SETTINGS.shape, key)) {
    const hint = `Write it below the name of a table: tableSettings: { TABLE: { ${key}: … } }.`;
    return document.fault([key], 'belongs to a single table', hint);
  }
  const closest = findClosestName(key, known);
  const meant = closest === null ? '' : `, did you mean "${closest}"?`;
  return document.fault([...parent, key], `unknown key${meant}`, `Known keys: ${known.join(', ')}.`);
}

/** The value as the file has it, with the names of variables in the place of their values. */
function quoteValue({ value }: FileDocument, path: KeyPath): string {
  const found = path.reduce<unknown>(
    (parent, step) => Object.entries(parent ?? {}).find(([key]) => key === String(step))?.[1],
    value,
  );
  if (found === null || found === undefined) return 'nothing';
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'object') return 'a mapping';
  if (path[0] === 'source' || path[0] === 'target') return 'something else';
  const text = typeof found === 'string' ? JSON.stringify(redactPasswords(found)) : String(found);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}

/** `ignoreColumns` is `--ignore-columns`: a key of the file is its flag in camel case. */
export function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function readFlags({ map, tableSettings, showValues, quiet, noColor, ...rest }: ConfigFileContent): RawFlags {
  const flags: Record<string, RawFlag> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined) flags[flagOf(key)] = Array.isArray(value) ? value : String(value);
  }
  if (showValues !== undefined) flags[showValues ? 'show-values' : 'hide-values'] = true;
  if (quiet === true) flags.quiet = true;
  if (noColor === true) flags['no-color'] = true;
  return flags;
}
