import { findClosestName } from '../core/closest-name.js';

/** What has names on a side, and the schemas that reports print before them. */
export interface KnownNames {
  readonly schemas: readonly string[];
  readonly names: readonly string[];
}

/** The name that was probably meant by one that is not known: with its schema, in other letters, or mistyped. */
export function findMeantName(typed: string, { schemas, names }: KnownNames): string | null {
  const schema = schemas.find((each) => typed.toLowerCase().startsWith(`${each}.`.toLowerCase()));
  const bare = schema === undefined ? typed : typed.slice(schema.length + 1);
  if (names.includes(bare)) return bare;
  const inOtherLetters = names.filter((name) => name.toLowerCase() === bare.toLowerCase());
  return inOtherLetters[0] ?? findClosestName(bare, names);
}

/** A question about the name that was probably meant, to stand before a list of names; empty where none is near. */
export function askForName(typed: string, known: KnownNames): string {
  const meant = findMeantName(typed, known);
  if (meant === null) return '';
  const isOnlyQualified = typed !== meant && typed.endsWith(`.${meant}`);
  return `Did you mean ${meant}? ${isOnlyQualified ? 'Names are those of the source, without a schema or with its own. ' : ''}`;
}
