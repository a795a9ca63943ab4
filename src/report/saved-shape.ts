/** Finds what is wrong with a value: the path to it, or null where nothing is. */
export type Check = (value: unknown, path: string) => string | null;

const check =
  (holds: (value: unknown) => boolean): Check =>
  (value, path) =>
    holds(value) ? null : path;

export const isText = check((value) => typeof value === 'string');
export const isFlag = check((value) => typeof value === 'boolean');
/** Counts and times: no number that arithmetic or formatting would turn into nonsense. */
export const isAmount = check(
  (value) => typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER,
);

/** One of the keys of a table of words. */
export const isKeyOf = (words: object): Check =>
  check((value) => typeof value === 'string' && Object.hasOwn(words, value));

/** A word as results name kinds of things by. */
export const isWord = check((value) => typeof value === 'string' && /^[a-z][a-z\d-]{0,63}$/.test(value));

/** One of a few words. */
export const isOneOf = (...words: readonly string[]): Check =>
  check((value) => typeof value === 'string' && words.includes(value));

/** Null, or what the check takes. */
export const orNull =
  (inner: Check): Check =>
  (value, path) =>
    value === null ? null : inner(value, path);

/** Absent, as in a result that an earlier version saved, or what the check takes. */
export const orAbsent =
  (inner: Check): Check =>
  (value, path) =>
    value === undefined ? null : inner(value, path);

/** A list of such items. */
export const isListOf =
  (item: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return path;
    return firstFault(value.entries(), item, (index) => `${path}[${index}]`);
  };

/** An object with any names and such values. */
export const isRecordOf =
  (item: Check): Check =>
  (value, path) => {
    if (!isRecord(value)) return path;
    return firstFault(Object.entries(value), item, (name) => `${path}.${name}`);
  };

/** An object with these fields of its own; further ones are left alone, as the format promises. */
export const isShape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (!isRecord(value)) return path;
    for (const [name, field] of Object.entries(fields)) {
      const fault = field(Object.hasOwn(value, name) ? value[name] : undefined, `${path}.${name}`);
      if (fault !== null) return fault;
    }
    return null;
  };

function firstFault<Step>(
  items: Iterable<readonly [Step, unknown]>,
  item: Check,
  pathOf: (step: Step) => string,
): string | null {
  for (const [step, value] of items) {
    const fault = item(value, pathOf(step));
    if (fault !== null) return fault;
  }
  return null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
