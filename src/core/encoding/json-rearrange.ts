import type { ByteSink } from './byte-sink.js';
import { IN_ORDER, type JsonMembers, KEPT, OBJECT } from './json-members.js';
import { NumberStack } from './json-stack.js';
import { JSON_TAG } from './json-tag.js';

/** Fields of an object that is being rearranged: its record, the end of the range around it, its next kept member. */
const PENDING = { object: 0, rangeEnd: 1, member: 2, fields: 3 } as const;

const pending = new NumberStack();

/**
 * Rewrites the document that was written from `start` to the sink's end, with each disordered object's kept members in order.
 *
 * The whole document is copied once, so that disorder nested in disorder costs two copies and not one for each level.
 * The copy lies in the sink, behind the document: what is rewritten is never longer than what was written.
 */
export function rearrangeObjects(members: JsonMembers, start: number, sink: ByteSink): void {
  const { length } = sink;
  sink.reserve(length - start);
  sink.bytes.copyWithin(length, start, length);
  sink.length = start;
  writeRearranged(members, { start, end: length }, sink);
}

/** Positions in the records are those of the original; the copy of each byte lies `shift` bytes behind it. */
function writeRearranged(
  members: JsonMembers,
  document: { start: number; end: number },
  sink: ByteSink,
): void {
  const { objects, kept } = members;
  const { bytes } = sink;
  const shift = document.end - document.start;
  let { start: at, end: rangeEnd } = document;
  let object = 0;
  pending.clear();
  for (;;) {
    while (isBefore(objects, object, rangeEnd) && objects.at(object + OBJECT.keptAt) === IN_ORDER) {
      object += OBJECT.fields;
    }
    if (isBefore(objects, object, rangeEnd)) {
      sink.copy(bytes, at + shift, objects.at(object + OBJECT.start) + shift);
      writeHead(objects, object, rangeEnd, sink);
    } else {
      sink.copy(bytes, at + shift, rangeEnd + shift);
    }
    if (pending.length === 0) return;
    const top = pending.length - PENDING.fields;
    const inside = pending.at(top + PENDING.object);
    const member = pending.at(top + PENDING.member);
    if (member < objects.at(inside + OBJECT.keptEnd)) {
      pending.set(top + PENDING.member, member + KEPT.fields);
      at = kept.at(member + KEPT.start);
      rangeEnd = kept.at(member + KEPT.end);
      object = kept.at(member + KEPT.object);
    } else {
      at = objects.at(inside + OBJECT.end);
      rangeEnd = pending.at(top + PENDING.rangeEnd);
      object = objects.at(inside + OBJECT.next);
      pending.truncate(top);
    }
  }
}

/** Writes the head of a disordered object, and makes its first kept member the next to be written. */
function writeHead(objects: NumberStack, object: number, rangeEnd: number, sink: ByteSink): void {
  const keptAt = objects.at(object + OBJECT.keptAt);
  sink.writeByte(JSON_TAG.object);
  sink.writeUint32((objects.at(object + OBJECT.keptEnd) - keptAt) / KEPT.fields);
  pending.push(object);
  pending.push(rangeEnd);
  pending.push(keptAt);
}

function isBefore(objects: NumberStack, object: number, rangeEnd: number): boolean {
  return object < objects.length && objects.at(object + OBJECT.start) < rangeEnd;
}
