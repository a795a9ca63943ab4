import type { ByteSink } from '../../core/encoding/byte-sink.js';
import { TAG } from '../../core/encoding/canonical.js';
import { encodeJson } from '../../core/encoding/json-encoding.js';
import type { Column } from '../../core/schema.js';
import { encodeJsonField } from '../field-format.js';

const OPENING = ' /* has scalars that are no JSON: ';
const CLOSING = ' */';
const DIGEST_LENGTH = 32;
/** In place of the digest where none is a real string: as long as one, and better than a digest of nothing. */
const NO_STRINGS = 'each of those that are in quotes';
const MARK_LENGTH = OPENING.length + DIGEST_LENGTH + CLOSING.length;
const MARK = new RegExp(
  `${escapePattern(OPENING)}(?:[0-9a-f]{${DIGEST_LENGTH}}|${NO_STRINGS})${escapePattern(CLOSING)}$`,
);
const SLASH = 0x2f;

/** Whether values of a column arrive with a mark where their text does not say all of them. */
export function isTypedJson({ type }: Column): boolean {
  return type.kind === 'json' && type.typed === true;
}

/**
 * Asks for a document so that nothing of it is hidden. MySQL keeps DATE, TIME, DATETIME and BLOB values inside documents
 * and sends them as strings, so that two documents that the server calls different arrive as the same text.
 *
 * A document whose text makes another document than it is gets a mark behind its text: a digest of the paths of its
 * real strings. With the same text, the same paths mean that the same scalars are no strings, and their text says what
 * they are then. The comparison costs the server about 2 µs for a document of 340 bytes.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/json.html#json-converting-between-types
 */
export function selectTypedJson(name: string): string {
  const text = `CONVERT(${name} USING utf8mb4)`;
  const paths = `JSON_SEARCH(${name}, 'all', '%')`;
  const digest = `COALESCE(LEFT(SHA2(${paths}, 256), ${DIGEST_LENGTH}), ${hex(NO_STRINGS)})`;
  const marked = `CONCAT(${text}, ${hex(OPENING)}, ${digest}, ${hex(CLOSING)})`;
  // CONCAT of more than max_allowed_packet bytes is NULL, which must not pass for one: this cast is an error then.
  const tooLong = `CAST(CONCAT('document of ', LENGTH(${name}), ' bytes') AS JSON)`;
  return `CASE WHEN ${name} IS NULL OR ${name} = CAST(${text} AS JSON) THEN ${name} ELSE COALESCE(${marked}, ${tooLong}) END`;
}

/** Whether the text of a value says that it is not all of the value. */
export function hasTypedScalars(text: string): boolean {
  return MARK.test(text);
}

/** Encodes a document; one with a mark never equals one without, and equals another by its mark and its value. */
export function encodeTypedJson(buffer: Buffer, start: number, end: number, sink: ByteSink): void {
  const before = sink.length;
  const textEnd = end - MARK_LENGTH;
  if (textEnd > start && buffer[end - 1] === SLASH) {
    sink.writeByte(TAG.typedJson);
    sink.copy(buffer, textEnd + OPENING.length, textEnd + OPENING.length + DIGEST_LENGTH);
    if (encodeJson(buffer, start, textEnd, sink)) return;
    sink.length = before;
  }
  encodeJsonField(buffer, start, end, sink);
}

function hex(text: string): string {
  return `_utf8mb4 0x${Buffer.from(text, 'latin1').toString('hex')}`;
}

function escapePattern(text: string): string {
  return text.replace(/[/*]/g, '\\$&');
}
