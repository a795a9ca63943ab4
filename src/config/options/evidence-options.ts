import { nameOptions } from './option.js';

const group = 'What to hold it against:';
const commands = ['evidence'] as const;

/** The options of `evidence check`. */
export const EVIDENCE_OPTIONS = nameOptions({
  manifestHash: {
    group,
    kind: { is: 'text' },
    help: 'The SHA-256 sum of the manifest that was the last line of the run',
    commands,
  },
  publicKey: {
    group,
    kind: { is: 'path' },
    form: 'PEM',
    help: 'The public Ed25519 key that belongs to the one of --sign-with',
    commands,
  },
});
