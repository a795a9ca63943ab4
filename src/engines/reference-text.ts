import type { TypedChoice } from './repair-value.js';

/** What of a text counts for nothing where two are compared. */
export interface IgnoredInText {
  readonly letterCase: boolean;
  readonly accents: boolean;
  readonly trailingSpaces: boolean;
}

const MARKS = /\p{M}/gu;

/** `RepairDialect.referenceText` for a value that was read: numbers without further zeros, texts without what is ignored. */
export function referenceText(value: TypedChoice, ignored: IgnoredInText): string | null {
  switch (value.kind) {
    case 'unwritable':
    case 'null':
      return null;
    case 'number':
      return value.text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
    case 'text':
      return foldText(value.text, ignored);
    case 'bytes':
      return value.hex;
    case 'boolean':
      return String(value.value);
    default:
      return value.text;
  }
}

function foldText(text: string, { letterCase, accents, trailingSpaces }: IgnoredInText): string {
  const trimmed = trailingSpaces ? text.replace(/ +$/, '') : text;
  const bare = accents ? trimmed.normalize('NFKD').replace(MARKS, '') : trimmed;
  return letterCase ? bare.toUpperCase().toLowerCase() : bare;
}
