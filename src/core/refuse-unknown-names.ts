import { RowproofError } from './errors.js';

interface NamedOptions {
  /** The function that takes them. */
  readonly of: string;
  readonly known: readonly string[];
}

/** Refuses an option that a function does not know: without types a misspelt one would be without effect. */
export function refuseUnknownNames(options: object, { of, known }: NamedOptions): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new RowproofError({
    code: 'usage',
    message: `${of} has no option ${JSON.stringify(unknown)}.`,
    hint: `It knows ${known.join(', ')}.`,
  });
}
