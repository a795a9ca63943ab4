import { ByteSink } from './byte-sink.js';
import { appendEscaped, type KeyKind, readKeyPart } from './key-bytes.js';

/**
 * Turns key bytes into bytes that are the same for keys which a case-insensitive, accent-insensitive or padding
 * collation may take for equal, and that sort as a reader would expect.
 *
 * It is coarser than any one collation, and only says which keys are worth asking a server about: what is equal is the
 * server's word.
 */
export function foldKey(kinds: readonly KeyKind[], key: Buffer): Buffer {
  if (!kinds.includes('text')) return key;
  const folded = new ByteSink();
  let at = 0;
  for (const kind of kinds) {
    const { part, next } = readKeyPart(kind, key, at);
    if (part.kind === 'text') appendText(foldText(part.value), folded);
    else folded.copy(key, at, next);
    at = next;
  }
  return folded.toBuffer();
}

/** Upper case first, because only that way `ß` meets `ss` and `ς` meets `σ`. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]+/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replace(/ +$/, '');
}

function appendText(text: string, sink: ByteSink): void {
  const bytes = Buffer.from(text, 'utf8');
  appendEscaped(bytes, 0, bytes.length, sink);
}
