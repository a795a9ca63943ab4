import type { z } from 'zod';
import { findClosestName } from '../core/closest-name.js';
import { type SettingsSchema, TABLE_SHAPE } from './file-schema.js';
import { nameOf } from './options/option-names.js';
import type { FileSettings } from './options/setting-types.js';
import { redactPasswords } from './redact-passwords.js';
import type { KeyPath, SettingsDocument } from './settings-document.js';

/** What settings must look like. */
export interface SettingsForm {
  readonly schema: SettingsSchema;
  /** Names that mean nothing here and something elsewhere, with what to do instead. */
  readonly foreign: Readonly<Record<string, string>>;
}

const LONGEST_QUOTE = 60;

/** Checks settings, of which `values` are the final form; throws a `usage` error that names the key that is wrong. */
export function checkSettings(
  document: SettingsDocument,
  form: SettingsForm,
  values: unknown = document.value,
): FileSettings {
  const parsed = form.schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw faultOf({ document, form, values, issues: parsed.error.issues });
}

interface FaultySettings {
  readonly document: SettingsDocument;
  readonly form: SettingsForm;
  readonly values: unknown;
  readonly issues: readonly z.core.$ZodIssue[];
}

/** An unknown key goes first: it may be why something else is wrong. */
function faultOf({ document, form, values, issues }: FaultySettings): Error {
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    return unknownKey({ document, form, parent: keyPathOf(issue), key: issue.keys[0] ?? '' });
  }
  const [issue] = issues;
  if (issue === undefined) return document.fault([], 'expected settings, got something else');
  const path = keyPathOf(issue);
  const got = / got /.test(issue.message) ? '' : `, got ${quoteValue({ document, values }, path)}`;
  return document.fault(path, `${issue.message}${got}`);
}

function keyPathOf({ path }: z.core.$ZodIssue): KeyPath {
  return path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

interface UnknownKey {
  readonly document: SettingsDocument;
  readonly form: SettingsForm;
  readonly parent: KeyPath;
  readonly key: string;
}

function unknownKey({ document, form, parent, key }: UnknownKey): Error {
  const isTop = parent.length === 0;
  const known = Object.keys(isTop ? form.schema.shape : TABLE_SHAPE);
  const setting = nameOf(key);
  if (isTop && Object.hasOwn(form.foreign, setting)) {
    return document.fault([key], 'is no setting here', form.foreign[setting]);
  }
  if (isTop && Object.hasOwn(TABLE_SHAPE, setting)) {
    const hint = `Write it below the name of a table: tableSettings: { TABLE: { ${setting}: … } }.`;
    if (!known.includes(setting)) return document.fault([key], 'belongs to a single table', hint);
  }
  const closest = known.includes(setting) ? setting : findClosestName(key, known);
  const meant = closest === null ? '' : `, did you mean "${closest}"?`;
  return document.fault([...parent, key], `unknown key${meant}`, `Known keys: ${known.join(', ')}.`);
}

/** The value as it was written, with the names of variables in the place of their values. */
function quoteValue(
  { document, values }: Pick<FaultySettings, 'document' | 'values'>,
  path: KeyPath,
): string {
  const found = valueAt(document.value, path);
  // What a variable leaves empty looks like a value where it is written, and holds nothing that could be secret.
  if (isBlank(valueAt(values, path)) && typeof found === 'string' && !isBlank(found))
    return `${JSON.stringify(found)}, which is empty`;
  if (found === null || found === undefined) return 'nothing';
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : 'a list';
  if (typeof found === 'object') return Object.keys(found).length === 0 ? 'an empty mapping' : 'a mapping';
  if (path[0] === 'source' || path[0] === 'target') return 'something else';
  const text = typeof found === 'string' ? JSON.stringify(redactPasswords(found)) : String(found);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}

function valueAt(root: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (parent, step) => Object.entries(parent ?? {}).find(([key]) => key === String(step))?.[1],
    root,
  );
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}
