import type { ByteSink } from './byte-sink.js';
import { NumberStack } from './json-stack.js';

/** Fields of an object's record; while the object is open, `keptAt` is its base in `members` and `keptEnd` a flag. */
export const OBJECT = { start: 0, end: 1, next: 2, keptAt: 3, keptEnd: 4, fields: 5 } as const;
/** Fields of a kept member's record; `object` is the first object record that begins in or after the member. */
export const KEPT = { start: 0, end: 1, object: 2, fields: 3 } as const;
/** In place of `keptAt`: an object that stays in the order it was written in. */
export const IN_ORDER = 0xffffffff;

/**
 * Notes where the objects of a document and their members were written, and which objects are out of order or hold a
 * key twice, so that those can be rearranged once the document is complete.
 *
 * An object in order leaves no trace, unless there is disorder below it.
 */
export class JsonMembers {
  /** Records of objects in the order they began: those still open, and those with disorder in or below them. */
  readonly objects = new NumberStack();
  /** What disordered objects keep, in canonical order. */
  readonly kept = new NumberStack();
  disordered = false;
  /** Start and first later object record of each member of the open objects. */
  private readonly members = new NumberStack();
  private readonly order = new NumberStack();

  reset(): void {
    this.objects.clear();
    this.kept.clear();
    this.members.clear();
    this.order.clear();
    this.disordered = false;
  }

  /** Begins the object that is written from `start` on; returns the handle that its members are added by. */
  openObject(start: number): number {
    const { objects } = this;
    const object = objects.length;
    objects.push(start);
    objects.push(0);
    objects.push(0);
    objects.push(this.members.length);
    objects.push(0);
    return object;
  }

  /** Adds the member whose key has just been written at `start`. */
  addMember(object: number, start: number, bytes: Uint8Array): void {
    const { members, objects } = this;
    if (members.length > objects.at(object + OBJECT.keptAt)) {
      const previous = members.at(members.length - 2);
      if (compareKeys(bytes, previous, start) >= 0) objects.set(object + OBJECT.keptEnd, 1);
    }
    members.push(start);
    members.push(objects.length);
  }

  closeObject(object: number, sink: ByteSink): void {
    const { objects, members, kept } = this;
    const base = objects.at(object + OBJECT.keptAt);
    if (objects.at(object + OBJECT.keptEnd) === 0) {
      objects.set(object + OBJECT.keptAt, IN_ORDER);
      if (objects.length === object + OBJECT.fields) objects.truncate(object);
    } else {
      this.disordered = true;
      const keptAt = kept.length;
      this.keepMembers(base, sink);
      objects.set(object + OBJECT.end, sink.length);
      objects.set(object + OBJECT.next, objects.length);
      objects.set(object + OBJECT.keptAt, keptAt);
      objects.set(object + OBJECT.keptEnd, kept.length);
    }
    members.truncate(base);
  }

  /** Sorts the members from `base` on, and keeps the last of each key. */
  private keepMembers(base: number, sink: ByteSink): void {
    const { members, order, kept } = this;
    const { bytes } = sink;
    const startAt = (index: number): number => members.at(order.at(index));
    order.clear();
    for (let member = base; member < members.length; member += 2) order.push(member);
    order.sort((a, b) => compareKeys(bytes, members.at(a), members.at(b)) || a - b);
    for (let i = 0; i < order.length; i++) {
      if (i + 1 < order.length && compareKeys(bytes, startAt(i), startAt(i + 1)) === 0) continue;
      const member = order.at(i);
      kept.push(members.at(member));
      kept.push(member + 2 < members.length ? members.at(member + 2) : sink.length);
      kept.push(members.at(member + 1));
    }
  }
}

/**
 * Compares two written keys by length, then by bytes: the order in which MySQL's JSON and PostgreSQL's jsonb store and
 * print their keys, so their documents need no rearranging.
 */
function compareKeys(bytes: Uint8Array, left: number, right: number): number {
  const leftLength = readLength(bytes, left);
  const rightLength = readLength(bytes, right);
  if (leftLength !== rightLength) return leftLength - rightLength;
  let distance = 0;
  while ((bytes[left + distance] as number) > 0x7f) distance++;
  const end = left + distance + 1 + leftLength;
  for (let a = left + distance + 1, b = right + distance + 1; a < end; a++, b++) {
    const difference = (bytes[a] as number) - (bytes[b] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

function readLength(bytes: Uint8Array, start: number): number {
  let length = 0;
  for (let at = start, scale = 1; ; at++, scale *= 128) {
    const byte = bytes[at] as number;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return length;
  }
}
