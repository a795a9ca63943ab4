import type { JsonValue } from './json-model.js';

/** Prints a value as JSON in one of its many spellings, chosen by `seed`. */
export function spell(value: JsonValue, seed: number): string {
  let state = seed | 0;
  const pick = (choices: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % choices;
  };
  const space = (): string => ['', '', '', ' ', '\n', '\t \r'][pick(6)] ?? '';
  const print = (part: JsonValue): string => `${space()}${printTight(part)}${space()}`;
  const printTight = (part: JsonValue): string => {
    if (part.kind === 'literal') return part.text;
    if (part.kind === 'number') return spellNumber(part.negative, part.digits, part.exponent, pick);
    if (part.kind === 'string') return spellString(part.text, pick);
    if (part.kind === 'array')
      return `[${part.items.length === 0 ? space() : part.items.map(print).join(',')}]`;
    const members = shuffle(part.members, pick).map(
      ([key, member]) => `${space()}${spellString(key, pick)}${space()}:${print(member)}`,
    );
    const repeated = part.members
      .filter(() => pick(4) === 0)
      .map(([key]) => `${spellString(key, pick)}:[{"b":0,"a":[]}]`);
    return `{${[...repeated, ...members].join(',') || space()}}`;
  };
  return print(value);
}

function shuffle<T>(items: readonly T[], pick: (choices: number) => number): T[] {
  if (pick(3) === 0) return [...items];
  return items
    .map((item) => ({ item, rank: pick(1000) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

function spellNumber(
  negative: boolean,
  digits: bigint,
  exponent: bigint,
  pick: (choices: number) => number,
): string {
  const padding = digits === 0n ? 0 : pick(3);
  const text = `${digits}${'0'.repeat(padding)}`;
  const fraction = pick(text.length + 4);
  const padded = text.padStart(fraction + 1, '0');
  const whole = padded.slice(0, padded.length - fraction);
  const written = exponent - BigInt(padding) + BigInt(fraction);
  const sign = written < 0n ? '-' : ['', '+'][pick(2)];
  const size = `${'0'.repeat(pick(3))}${written < 0n ? -written : written}`;
  const scale = written === 0n && pick(2) === 0 ? '' : `${'eE'[pick(2)]}${sign}${size}`;
  return `${negative ? '-' : ''}${whole}${fraction > 0 ? `.${padded.slice(-fraction)}` : ''}${scale}`;
}

const SHORT_ESCAPES: Record<string, string> = {
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '"': '"',
  '\\': '\\',
  '/': '/',
};

function spellString(text: string, pick: (choices: number) => number): string {
  const escapeUnit = (unit: string): string => {
    const hex = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${pick(2) === 0 ? hex : hex.toUpperCase()}`;
  };
  const printed = Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    const short = SHORT_ESCAPES[char];
    if (short !== undefined && pick(2) === 0) return `\\${short}`;
    const bare = code >= 0x20 && char !== '"' && char !== '\\' && (code < 0xd800 || code > 0xdfff);
    return bare && pick(4) > 0 ? char : char.split('').map(escapeUnit).join('');
  });
  return `"${printed.join('')}"`;
}
