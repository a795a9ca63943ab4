import { spellUnseen } from '../../words/visible-text.js';

/** Markup that was made here. Everything else is text, and is escaped where it is put into markup. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in a template: text, numbers and markup. */
export type Piece = string | number | Html | readonly Html[];

const MARKUP = /[&<>"'`]|(?<=#)#|:(?=:)/g;

/**
 * Makes markup of a template. Texts in it are escaped, in attributes too, and what nobody would see is spelled; so no value
 * can become markup, whatever calls this. Build servers that show a log find no command in it either.
 */
export function html(template: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let markup = template[0] ?? '';
  for (const [at, piece] of pieces.entries()) markup += `${markupOf(piece)}${template[at + 1] ?? ''}`;
  return new Html(markup);
}

/** Markup one behind the other. */
export function join(pieces: readonly Html[]): Html {
  return new Html(pieces.map(({ markup }) => markup).join(''));
}

/** No markup. */
export const NOTHING = new Html('');

/** How many bytes of UTF-8 markup takes. */
export function bytesOf({ markup }: Html): number {
  return Buffer.byteLength(markup);
}

function markupOf(piece: Piece): string {
  if (piece instanceof Html) return piece.markup;
  if (typeof piece === 'object') return piece.map(({ markup }) => markup).join('');
  return spellUnseen(String(piece)).replace(MARKUP, (found) => `&#${found.charCodeAt(0)};`);
}
