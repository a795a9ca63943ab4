const DEFAULT_SEED = 20_240_229;

/**
 * The seed of the property tests on real servers: fixed, so that a run can be repeated, unless
 * `ROWPROOF_PROPERTY_SEED` names another or says `random`.
 */
export function propertySeed(): { readonly seed?: number } {
  const text = process.env.ROWPROOF_PROPERTY_SEED;
  if (text === 'random') return {};
  return { seed: text === undefined ? DEFAULT_SEED : Number(text) };
}
