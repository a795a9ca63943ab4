import fc from 'fast-check';

const DEFAULT_SEED = 20_240_229;
const DEFAULT_SECONDS = 1;

/**
 * How long each property is tried and with which seed: a second with a fixed seed, so that a run can be repeated.
 * `ROWPROOF_FUZZ_SECONDS` makes it longer, `ROWPROOF_FUZZ_SEED` names another seed or says `random`.
 */
export function fuzz<Input>(
  name: string,
  input: fc.Arbitrary<Input>,
  holds: (input: Input) => void,
): Promise<void> {
  const property = fc.property(input, (value) => {
    const started = performance.now();
    holds(value);
    assertQuick(started);
  });
  return Promise.resolve(fc.assert(property, parametersOf(name)));
}

/** The same for what takes turns of the event loop. */
export function fuzzAsync<Input>(
  name: string,
  input: fc.Arbitrary<Input>,
  holds: (input: Input) => Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(input, async (value) => {
    const started = performance.now();
    await holds(value);
    assertQuick(started);
  });
  return fc.assert(property, parametersOf(name));
}

function parametersOf(name: string): fc.Parameters<unknown> {
  const text = process.env.ROWPROOF_FUZZ_SEED ?? String(DEFAULT_SEED);
  const seed = text === 'random' ? Date.now() & 0x7fffffff : Number(text);
  const seconds = Number(process.env.ROWPROOF_FUZZ_SECONDS ?? DEFAULT_SECONDS);
  process.stdout.write(`fuzz ${name}: seed ${seed}, ${seconds} s\n`);
  return {
    seed,
    numRuns: 10_000_000,
    interruptAfterTimeLimit: seconds * 1000,
    markInterruptAsFailure: false,
  };
}

function assertQuick(started: number): void {
  const took = performance.now() - started;
  if (took > MOST_MS) throw new Error(`It took ${Math.round(took)} ms.`);
}

/** No small input may take this long; a busy machine takes its time too. */
const MOST_MS = 5000;

/** How much time a test of `properties` properties may take. */
export const fuzzTimeoutMs = (properties = 1): number =>
  60_000 + properties * 2000 * Number(process.env.ROWPROOF_FUZZ_SECONDS ?? DEFAULT_SECONDS);

/** Text that programs stumble over: line breaks, escapes, quotes, commands of build servers and of clients, wrong Unicode. */
export const hostileText = (): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '\n',
          '\r',
          '\0',
          '\t',
          '\u001b[2J',
          '\u009b2J',
          '\u202e',
          '\u2028',
          '\ud800',
          "'",
          '"',
          '`',
          '\\',
          '--',
          '/*',
          '*/',
          ';',
          '$$',
          '::error::',
          '##vso[task.setvariable variable=x]y',
          '##[group]',
          '##teamcity[x]',
          '\\! id',
          '\\connect x',
          '__proto__',
          'constructor',
          '${HOME}',
          '%',
          '😀',
          'é',
          ' ',
        ),
        fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''));

type Step = 'set' | 'cut' | 'double' | 'drop';

/** Bytes with some of them changed, taken out, doubled or cut off. */
export const mutated = (bytes: Buffer): fc.Arbitrary<Buffer> =>
  fc
    .array(
      fc.tuple(fc.nat(bytes.length), fc.constantFrom<Step>('set', 'cut', 'double', 'drop'), fc.nat(255)),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((steps) =>
      steps.reduce<Buffer>(
        (buffer, [at, step, value]) => mutate(buffer, { at, step, value }),
        Buffer.from(bytes),
      ),
    );

function mutate(
  bytes: Buffer,
  { at, step, value }: { readonly at: number; readonly step: Step; readonly value: number },
): Buffer {
  if (bytes.length === 0) return bytes;
  const place = at % bytes.length;
  if (step === 'cut') return bytes.subarray(0, place);
  if (step === 'drop') return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]);
  if (step === 'double') return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place >> 1)]);
  const copy = Buffer.from(bytes);
  copy[place] = value;
  return copy;
}

/** A buffer in pieces, as a socket brings it. */
export const pieces = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
    (one, other) => one - other,
  );
  return places.slice(1).map((end, index) => bytes.subarray(places[index] ?? 0, end));
};
