import { formatCount, formatCounted } from '../../../words/number-text.js';
import { type Html, html, join } from '../html-text.js';
import type { TextPiece, TextWindow } from './align-texts.js';

/** Controls, format characters, lone surrogates, unassigned code points, and every space but the plain one. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const OUTSIDE_ASCII = /[^\x20-\x7e]/;
/** Names that every font can show. */
const SHORT: Readonly<Record<string, string>> = {
  ' ': 'SP',
  '\n': '↵',
  '\r': 'CR',
  '\t': 'TAB',
  '\0': 'NUL',
};

const EMPTY = html`<i class="null">empty text</i>`;

interface Shown {
  /** Names the code point of every character that differs and is not ASCII: the two texts look alike. */
  readonly isLookalike: boolean;
}

/** The window of a text, with what differs marked and what nobody would see named. */
export function formatTextWindow({ before, pieces, after }: TextWindow, shown: Shown): Html {
  if (before + pieces.length + after === 0) return EMPTY;
  const last = pieces.length - 1;
  const body = pieces.map((piece, at) => {
    const edges = { first: at === 0 && before === 0, last: at === last && after === 0 };
    const text = formatPiece(piece, { ...shown, ...edges });
    return piece.isMarked ? html`<mark>${text}</mark>` : text;
  });
  return html`${leftOut(before, 'before')}<code dir="auto">${body}</code>${leftOut(after, 'more')}`;
}

/** How much was left out at an end; nothing where nothing was. */
export function leftOut(count: number, where: 'before' | 'more', noun = 'character'): Html {
  return count === 0 ? html`` : html`<small class="cut">… ${formatCounted(count, noun)} ${where} …</small>`;
}

interface Edges extends Shown {
  readonly first: boolean;
  readonly last: boolean;
}

function formatPiece({ text, isMarked }: TextPiece, { isLookalike, first, last }: Edges): Html {
  const lead = first ? (/^ */.exec(text)?.[0].length ?? 0) : 0;
  const trail = last ? (/ *$/.exec(text)?.[0].length ?? 0) : 0;
  const out: Html[] = [];
  let plain = '';
  let at = 0;
  const flush = () => {
    if (plain !== '') out.push(html`${plain}`);
    plain = '';
  };
  for (const character of text) {
    const isEdge = character === ' ' && (at < lead || at >= text.length - trail);
    at += character.length;
    const isNamed = isEdge || UNSEEN.test(character);
    if (!isNamed && !(isLookalike && isMarked && OUTSIDE_ASCII.test(character))) {
      plain += character;
      continue;
    }
    if (!isNamed) plain += character;
    flush();
    out.push(nameCharacter(character));
  }
  flush();
  return join(out);
}

function nameCharacter(character: string): Html {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const short = SHORT[character];
  const broken = character === '\n' ? html`<br>` : html``;
  return html`<b class="unseen" title="${code}">${short ?? code}</b>${broken}`;
}

/** Bytes as hexadecimal digits, four bytes a group, with what differs marked; the pieces hold a character a byte. */
export function formatByteWindow({ before, pieces, after }: TextWindow): Html {
  let at = before;
  const body = pieces.map(({ text, isMarked }) => {
    const digits = [...text].map((byte) => {
      const gap = at > before && at % 4 === 0 ? ' ' : '';
      at++;
      return `${gap}${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
    });
    return isMarked ? html`<mark>${digits.join('')}</mark>` : html`${digits.join('')}`;
  });
  const total = formatCount(at + after);
  return html`${leftOut(before, 'before', 'byte')}<code class="hex">${body}</code>${leftOut(after, 'more', 'byte')} <small class="cut">(${total} bytes)</small>`;
}
