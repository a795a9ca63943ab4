import type { Value } from '../../../core/difference.js';
import { type Html, html } from '../html-text.js';
import { alignTexts, type TextWindow } from './align-texts.js';
import { isSameNode, readJsonNode } from './json-node.js';
import { formatJsonTree } from './json-tree.js';
import { formatByteWindow, formatTextWindow } from './text-markup.js';

/** Longer documents are shown as text around what differs. */
const MOST_JSON = 100_000;
/** Units that are shown of a value that stands alone. */
const MOST_ALONE = 160;

const NULL = html`<i class="null">NULL</i>`;
const ABSENT = html`<i class="null">–</i>`;

interface Pair {
  readonly source: Value | undefined;
  readonly target: Value | undefined;
}

/** The two values of a changed column, so that what differs can be seen. */
export function formatValueCells({ source, target }: Pair): readonly [Html, Html] {
  if (typeof source === 'string' && typeof target === 'string') return formatTexts(source, target);
  if (isBytes(source) && isBytes(target)) {
    const windows = alignTexts({ source: decodeHex(source.hex), target: decodeHex(target.hex) });
    return [formatByteWindow(windows.source), formatByteWindow(windows.target)];
  }
  return [formatAlone(source), formatAlone(target)];
}

/** A value of which there is no other side, or none of its kind. */
export function formatAlone(value: Value | undefined): Html {
  if (value === undefined) return ABSENT;
  if (value === null) return NULL;
  return isBytes(value)
    ? formatByteWindow(cut(decodeHex(value.hex.slice(0, MOST_ALONE * 2 + 2)), value.hex.length / 2))
    : formatTextWindow(cut(value, value.length), { isLookalike: false });
}

function formatTexts(source: string, target: string): readonly [Html, Html] {
  if (source.length <= MOST_JSON && target.length <= MOST_JSON) {
    const [left, right] = [readJsonNode(source), readJsonNode(target)];
    if (left !== null && right !== null && !isSameNode(left, right))
      return [formatJsonTree({ own: left, other: right }), formatJsonTree({ own: right, other: left })];
  }
  const windows = alignTexts({ source, target });
  const isLookalike = shown(windows.source) === shown(windows.target);
  return [
    formatTextWindow(windows.source, { isLookalike }),
    formatTextWindow(windows.target, { isLookalike }),
  ];
}

/** What a reader would take the window for. */
function shown({ pieces }: TextWindow): string {
  return pieces
    .map(({ text }) => text)
    .join('')
    .normalize('NFKC');
}

function cut(text: string, length: number): TextWindow {
  const piece = text.slice(0, MOST_ALONE);
  return {
    before: 0,
    pieces: piece === '' ? [] : [{ text: piece, isMarked: false }],
    after: length - piece.length,
  };
}

function isBytes(value: Value | undefined): value is { readonly hex: string } {
  return typeof value === 'object' && value !== null;
}

/** A character for each byte. */
function decodeHex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1');
}
