import fc from 'fast-check';

/** A number is ±digits × 10^exponent; a string holds UTF-16 units, lone surrogates among them. */
export type JsonValue =
  | { kind: 'literal'; text: string }
  | { kind: 'number'; negative: boolean; digits: bigint; exponent: bigint }
  | { kind: 'string'; text: string }
  | { kind: 'array'; items: JsonValue[] }
  | { kind: 'object'; members: [string, JsonValue][] };

/** What a value is, free of its spelling: strings as hex, numbers as `-digits e exponent`, members in canonical order. */
export type JsonModel = string | JsonModel[] | { members: [string, JsonModel][] };

const textArbitrary = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 })
    .map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom(0xd83d, 0xde00, 0x61), { maxLength: 4 })
    .map((units) => String.fromCharCode(...units)),
);

const numberArbitrary = fc.record({
  kind: fc.constant('number' as const),
  negative: fc.boolean(),
  digits: fc.oneof(fc.bigInt({ min: 0n, max: 30n }), fc.bigInt({ min: 0n, max: 10n ** 80n })),
  exponent: fc.oneof(
    fc.bigInt({ min: -3n, max: 3n }),
    ...[2n ** 31n, 10n ** 15n, 10n ** 30n].flatMap((edge) => [
      fc.bigInt({ min: edge - 90n, max: edge + 5n }),
      fc.bigInt({ min: -edge - 90n, max: -edge + 5n }),
    ]),
  ),
});

export const valueArbitrary: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('literal' as const), text: fc.constantFrom('null', 'true', 'false') }),
    numberArbitrary,
    fc.record({ kind: fc.constant('string' as const), text: textArbitrary }),
    fc.record({ kind: fc.constant('array' as const), items: fc.array(tie('value'), { maxLength: 5 }) }),
    fc.record({
      kind: fc.constant('object' as const),
      members: fc.uniqueArray(fc.tuple(textArbitrary, tie('value')), {
        selector: ([key]) => key,
        maxLength: 8,
      }),
    }),
  ),
})).value;

/** UTF-8 in which a lone surrogate has the three bytes that its number would have. */
function wtf8Hex(text: string): string {
  return Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    const lone = code >= 0xd800 && code <= 0xdfff;
    const bytes = lone
      ? Buffer.from([0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)])
      : Buffer.from(char);
    return bytes.toString('hex');
  }).join('');
}

function compareKeys(left: string, right: string): number {
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}

export function modelOf(value: JsonValue): JsonModel {
  switch (value.kind) {
    case 'literal':
      return value.text;
    case 'number':
      return modelOfNumber(value.negative, value.digits, value.exponent);
    case 'string':
      return `"${wtf8Hex(value.text)}`;
    case 'array':
      return value.items.map(modelOf);
    case 'object': {
      const members = value.members.map(([key, member]): [string, JsonModel] => [
        wtf8Hex(key),
        modelOf(member),
      ]);
      return { members: members.sort(([left], [right]) => compareKeys(left, right)) };
    }
  }
}

function modelOfNumber(negative: boolean, digits: bigint, exponent: bigint): string {
  if (digits === 0n) return '0';
  const significant = String(digits).replace(/0+$/, '');
  return `${negative ? '-' : ''}0.${significant}e${exponent + BigInt(String(digits).length)}`;
}
