import type { Column, ValueType } from '../../core/schema.js';
import { isTypedJson } from './typed-json.js';

/**
 * How the value of a column goes into the text that is hashed.
 *
 * - `plain`: as its text and a comma, which none of these texts holds.
 * - `sized`: as its stored bytes, behind their length; those of labels are their text.
 * - `shape`: the same of a spatial value, whose bytes begin with its reference system.
 * - `number`: bits as the number that they are; by themselves they are a number or bytes, as the server likes.
 * - `float`: as text, where the text says all of the number.
 * - `document`: a digest of what a read selects of a document, which marks scalars that are no JSON.
 */
export type HashedForm = 'plain' | 'sized' | 'shape' | 'number' | 'float' | 'document';

/** Null for kinds of which no server has shown that its text or its bytes say all that is compared. */
const FORMS: Readonly<Record<ValueType['kind'], HashedForm | null>> = {
  int: 'plain',
  decimal: 'plain',
  date: 'plain',
  time: 'plain',
  datetime: 'plain',
  instant: 'plain',
  uuid: 'plain',
  inet: 'plain',
  bits: 'number',
  float: 'float',
  text: 'sized',
  enum: 'sized',
  set: 'sized',
  bytes: 'sized',
  geometry: 'shape',
  // MariaDB keeps documents as they were written.
  json: 'sized',
  boolean: null,
  array: null,
  range: null,
  multirange: null,
  composite: null,
  interval: null,
  money: null,
  geometric: null,
  exact: null,
  opaque: null,
  unsupported: null,
};

/** Chooses the form of a column; null for one that must not be hashed. MySQL has no functions of text for a VECTOR. */
export function hashedForm(column: Column): HashedForm | null {
  if (column.wire === 'vector') return null;
  return isTypedJson(column) ? 'document' : FORMS[column.type.kind];
}
