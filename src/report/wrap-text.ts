import { stripVTControlCharacters } from 'node:util';

const ZERO_WIDTH = /^\p{M}$/u;
const DOUBLE_WIDTH =
  /^[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

/** Text in which each character takes one column. */
const PLAIN = /^[ -~]*$/;

/** How many terminal columns a text takes, colours not counted. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += characterWidth(character);
  return width;
}

/**
 * Breaks text at spaces into lines of at most `width` columns. A word that is too long is broken, after a dot or an
 * underscore if it has one there, and never shortened.
 */
export function wrapWords(text: string, width: number): string[] {
  if (text.length <= width && PLAIN.test(text)) return [text];
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, width));
}

function wrapParagraph(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of paragraph.split(' ')) {
    const joined: string = line === null ? word : `${line} ${word}`;
    if (textWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== null) lines.push(line);
    const pieces = breakWord(word, width);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, line ?? ''];
}

/** One pass over the word: a message of a server may be megabytes long. */
function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let line = '';
  let taken = 0;
  for (const character of word) {
    const wide = characterWidth(character);
    if (taken + wide > width && line !== '') {
      const joint = Math.max(line.lastIndexOf('.'), line.lastIndexOf('_')) + 1;
      const piece = joint > line.length / 2 ? line.slice(0, joint) : line;
      pieces.push(piece);
      line = line.slice(piece.length);
      taken = textWidth(line);
    }
    line += character;
    taken += wide;
  }
  return [...pieces, line];
}

/** Cuts text into lines of exactly `width` columns, so that every character of a value keeps its place. */
export function cutText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const character of text) {
    const wide = characterWidth(character);
    if (taken + wide > width && line !== '') {
      lines.push(line);
      line = '';
      taken = 0;
    }
    line += character;
    taken += wide;
  }
  lines.push(line);
  return lines;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return DOUBLE_WIDTH.test(character) ? 2 : 1;
}
