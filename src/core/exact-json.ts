/** An object of one property with this name stands for a value that JSON does not have. */
const NUMBER = '$integer';
const BYTES = '$bytes';
const MAP = '$map';
/** An object that would be taken for one of these, by its properties. */
const ENTRIES = '$entries';
const TAKEN: ReadonlySet<string> = new Set([NUMBER, BYTES, MAP, ENTRIES]);

/**
 * Writes data as JSON that `parseExact` reads back as it was: with whole numbers of any size, bytes and maps. Objects may
 * hold anything else that JSON has.
 */
export function stringifyExact(data: unknown, indent = 0): string {
  const replace = (_name: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return { [NUMBER]: value.toString() };
    if (value instanceof Map) return { [MAP]: [...value] };
    if (value instanceof Uint8Array) return { [BYTES]: Buffer.from(value).toString('base64') };
    // A Buffer says of itself what it is before anybody is asked.
    if (isBufferJson(value)) return { [BYTES]: Buffer.from(value.data).toString('base64') };
    return isMistakable(value) ? { [ENTRIES]: Object.entries(value) } : value;
  };
  return JSON.stringify(data, replace, indent);
}

/** Reads what `stringifyExact` wrote; throws a SyntaxError for what is no JSON. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown) => revive(value));
}

function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [first, second] = Object.entries(value);
  if (first === undefined || second !== undefined) return value;
  const [name, held] = first;
  if (name === NUMBER && typeof held === 'string' && /^-?\d+$/.test(held)) return BigInt(held);
  if (name === BYTES && typeof held === 'string') return new Uint8Array(Buffer.from(held, 'base64'));
  if (name === ENTRIES && Array.isArray(held)) return Object.fromEntries(held);
  return name === MAP && Array.isArray(held) ? new Map(held) : value;
}

function isMistakable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const [first, second] = Object.keys(value);
  return first !== undefined && second === undefined && TAKEN.has(first);
}

function isBufferJson(value: unknown): value is { readonly data: readonly number[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'Buffer' &&
    'data' in value &&
    Array.isArray(value.data)
  );
}
