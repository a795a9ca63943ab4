import { spellUnseen } from '../../words/visible-text.js';

const MARKUP = /[&<>"]/g;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text between two tags; what XML 1.0 cannot hold is spelled. */
export function escapeText(text: string): string {
  return spellUnseen(text).replace(MARKUP, (found) => ENTITIES[found] ?? found);
}

/** A value of an attribute, in its quotes. Readers turn line ends and tabs in it to spaces unless they are spelled. */
export function escapeAttribute(text: string): string {
  return `"${escapeText(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`;
}
