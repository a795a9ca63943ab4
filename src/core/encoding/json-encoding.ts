import type { ByteSink } from './byte-sink.js';
import { JsonMembers } from './json-members.js';
import { rearrangeObjects } from './json-rearrange.js';
import { NumberStack } from './json-stack.js';
import { encodeJsonString } from './json-string.js';
import { JSON_TAG } from './json-tag.js';
import { encodeNumberText } from './number-text.js';

/** Arrays and objects in each other, at most; deeper documents are compared as text by the caller. */
const MAX_DEPTH = 2000;

/** Fields of an open array or object: where its tag was written, how many items it has, its handle in the members. */
const FRAME = { start: 0, count: 1, object: 2, fields: 3 } as const;
/** The handle of an array. */
const ARRAY = 0xffffffff;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const LITERALS = {
  null: { text: Buffer.from('null'), tag: JSON_TAG.null },
  true: { text: Buffer.from('true'), tag: JSON_TAG.true },
  false: { text: Buffer.from('false'), tag: JSON_TAG.false },
} as const;

/**
 * Appends the canonical bytes of the JSON value whose UTF-8 text is `source[start, end)`. Returns false, with the sink as
 * it was, where that is not JSON (RFC 8259, to the letter) or is nested deeper than 2000 levels.
 *
 * Equal values have equal bytes and different values never do: numbers count by value at any size, strings by code
 * points, objects by their members; of a key that comes twice, the last member counts. Works in one pass with a stack
 * of its own, because a document may be as large and as deep as the database allows.
 */
export function encodeJson(source: Uint8Array, start: number, end: number, sink: ByteSink): boolean {
  const lengthBefore = sink.length;
  const valid = encoder.encode(source, start, end, sink);
  if (!valid) sink.length = lengthBefore;
  return valid;
}

class JsonEncoder {
  private readonly members = new JsonMembers();
  private readonly frames = new NumberStack();
  private position = 0;

  encode(source: Uint8Array, start: number, end: number, sink: ByteSink): boolean {
    const base = sink.length;
    this.members.reset();
    this.frames.clear();
    this.position = start;
    if (!this.encodeValue(source, end, sink)) return false;
    while (this.frames.length > 0) {
      if (!this.encodeItem(source, end, sink)) return false;
    }
    if (skipSpace(source, this.position, end) !== end) return false;
    if (this.members.disordered) rearrangeObjects(this.members, base, sink);
    return true;
  }

  /** Encodes a scalar, or opens an array or object, whose items the caller then encodes. */
  private encodeValue(source: Uint8Array, end: number, sink: ByteSink): boolean {
    const at = skipSpace(source, this.position, end);
    if (at >= end) return false;
    switch (source[at]) {
      case QUOTE:
        sink.writeByte(JSON_TAG.string);
        this.position = encodeJsonString(source, at + 1, end, sink);
        break;
      case OPEN_OBJECT:
        this.position = this.open(JSON_TAG.object, this.members.openObject(sink.length), sink) ? at + 1 : -1;
        break;
      case OPEN_ARRAY:
        this.position = this.open(JSON_TAG.array, ARRAY, sink) ? at + 1 : -1;
        break;
      case LITERALS.null.text[0]:
        this.position = encodeLiteral(source, at, end, LITERALS.null, sink);
        break;
      case LITERALS.true.text[0]:
        this.position = encodeLiteral(source, at, end, LITERALS.true, sink);
        break;
      case LITERALS.false.text[0]:
        this.position = encodeLiteral(source, at, end, LITERALS.false, sink);
        break;
      default:
        this.position = encodeNumberText(source, at, end, sink);
    }
    return this.position >= 0;
  }

  /** Encodes the next item of the innermost array or object, or closes it. */
  private encodeItem(source: Uint8Array, end: number, sink: ByteSink): boolean {
    const { frames } = this;
    const frame = frames.length - FRAME.fields;
    const object = frames.at(frame + FRAME.object);
    const count = frames.at(frame + FRAME.count);
    const at = skipSpace(source, this.position, end);
    if (at >= end) return false;
    if (source[at] === (object === ARRAY ? CLOSE_ARRAY : CLOSE_OBJECT)) {
      this.position = at + 1;
      this.close(frame, sink);
      return true;
    }
    this.position = at;
    if (count > 0) {
      if (source[at] !== COMMA) return false;
      this.position = at + 1;
    }
    frames.set(frame + FRAME.count, count + 1);
    if (object !== ARRAY && !this.encodeKey(source, end, object, sink)) return false;
    return this.encodeValue(source, end, sink);
  }

  private encodeKey(source: Uint8Array, end: number, object: number, sink: ByteSink): boolean {
    const quoteAt = skipSpace(source, this.position, end);
    if (quoteAt >= end || source[quoteAt] !== QUOTE) return false;
    const start = sink.length;
    const keyEnd = encodeJsonString(source, quoteAt + 1, end, sink);
    if (keyEnd < 0) return false;
    this.members.addMember(object, start, sink.bytes);
    const colonAt = skipSpace(source, keyEnd, end);
    this.position = colonAt + 1;
    return colonAt < end && source[colonAt] === COLON;
  }

  private open(tag: number, object: number, sink: ByteSink): boolean {
    const { frames } = this;
    if (frames.length === MAX_DEPTH * FRAME.fields) return false;
    frames.push(sink.length);
    frames.push(0);
    frames.push(object);
    sink.writeByte(tag);
    sink.writeUint32(0);
    return true;
  }

  private close(frame: number, sink: ByteSink): void {
    const { frames } = this;
    const end = sink.length;
    sink.length = frames.at(frame + FRAME.start) + 1;
    sink.writeUint32(frames.at(frame + FRAME.count));
    sink.length = end;
    const object = frames.at(frame + FRAME.object);
    if (object !== ARRAY) this.members.closeObject(object, sink);
    frames.truncate(frame);
  }
}

const encoder = new JsonEncoder();

function skipSpace(source: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = source[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

function encodeLiteral(
  source: Uint8Array,
  start: number,
  end: number,
  literal: { text: Buffer; tag: number },
  sink: ByteSink,
): number {
  const { text, tag } = literal;
  if (start + text.length > end) return -1;
  for (let i = 1; i < text.length; i++) {
    if (source[start + i] !== text[i]) return -1;
  }
  sink.writeByte(tag);
  return start + text.length;
}
