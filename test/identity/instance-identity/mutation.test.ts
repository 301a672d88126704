import { describe, expect, it } from 'vitest';
import { readBer } from '../../../src/identity/instance-identity/ber.ts';
import pinned from '../../../src/identity/instance-identity/certificates.json' with { type: 'json' };
import { certificateBook } from '../../../src/identity/instance-identity/certificates.ts';
import { readSignedContent } from '../../../src/identity/instance-identity/cms.ts';
import { verifyInstanceIdentity } from '../../../src/identity/instance-identity/verify.ts';
import { testAuthority } from './authority.ts';
import { documentFields, GENUINE } from './documents.ts';
import { mutated, pick, randomFrom } from './mutate.ts';
import { signedContentAccordingToPkijs } from './oracle.ts';
import { signMessage } from './sign.ts';

/** How many mutations to try, and where to begin. */
const MUTATIONS = Number(process.env['MUTATIONS'] ?? 5000);
const SEED = Number(process.env['MUTATION_SEED'] ?? 1);
const LIMIT_MS = 5;

const authority = testAuthority();
const certificate = Buffer.from(authority.certificate, 'base64');
const sydney = Buffer.from(pinned['ap-southeast-2'], 'base64');
const book = certificateBook({ 'us-west-2': authority.certificate });
const sign = (variations: Parameters<typeof signMessage>[2]) =>
  signMessage(documentFields(), authority.privateKey, variations);

const originals = [
  { message: Buffer.from(GENUINE, 'base64'), certificate: sydney },
  { message: sign({ shape: '2017' }), certificate },
  { message: sign({ shape: '2021', segments: 4 }), certificate },
  { message: sign({ shape: '2026', lengths: 'definite' }), certificate },
  { message: sign({ certificates: [certificate, sydney] }), certificate },
].map((original) => ({
  ...original,
  answer: verifyInstanceIdentity(original.message.toString('base64'), book),
}));

const outcome = (unchanged: boolean, ours: boolean, theirs: boolean) => {
  if (unchanged) return 'unchanged';
  if (ours) return theirs ? 'bothAccept' : 'onlyWeAccept';
  return theirs ? 'onlyPkijsAccepts' : 'bothRefuse';
};

const timed = (proof: string): number => {
  const start = performance.now();
  verifyInstanceIdentity(proof, book);
  return performance.now() - start;
};

/** The shortest of some runs: what the verifier takes, without what the machine does besides. */
const quickest = (proof: string): number => Math.min(...Array.from({ length: 9 }, () => timed(proof)));

/** The parts that neither the signature covers nor we read: embedded certificates and the signer's issuer and serial. */
const passedOver = (message: Buffer): readonly (string | undefined)[] => {
  const parts = readBer(message).children[1]?.children[0]?.children ?? [];
  const certificates = parts.length === 5 ? parts[3] : undefined;
  const name = parts.at(-1)?.children[0]?.children[1];
  return [certificates, name].map((part) => part?.whole.toString('hex'));
};

describe('a mutated message', () => {
  it('is accepted only as what was signed, and when pkijs accepts it or chokes on a part that is passed over', async () => {
    const random = randomFrom(SEED);
    const counts = { bothRefuse: 0, bothAccept: 0, onlyPkijsAccepts: 0, onlyWeAccept: 0, unchanged: 0 };
    let slowestMs = 0;

    for (let tried = 0; tried < MUTATIONS; tried++) {
      const { message, certificate, answer } = pick(originals, random);
      const changed = mutated(message, random);
      const proof = changed.toString('base64');
      const first = timed(proof);
      slowestMs = Math.max(slowestMs, first > LIMIT_MS ? quickest(proof) : first);

      const ours = verifyInstanceIdentity(proof, book);
      const theirs = await signedContentAccordingToPkijs(changed, certificate);
      if (ours.genuine) {
        expect(ours).toEqual(answer);
        expect(readSignedContent(changed)).toEqual(readSignedContent(message));
        expect([undefined, readSignedContent(message).content.toString()]).toContain(theirs);
        if (theirs === undefined) expect(passedOver(changed)).not.toEqual(passedOver(message));
      }
      counts[outcome(changed.equals(message), ours.genuine, theirs !== undefined)]++;
    }

    if (process.env['MUTATIONS']) console.log(JSON.stringify({ ...counts, slowestMs }));
    expect(slowestMs).toBeLessThan(LIMIT_MS);
    expect(counts.bothAccept).toBeGreaterThan(0);
  }, 3_600_000);

  it('begins as one that both accept, with the same content', async () => {
    for (const { message, certificate, answer } of originals) {
      const content = await signedContentAccordingToPkijs(message, certificate);

      expect(answer).toMatchObject({ genuine: true, document: { region: JSON.parse(content ?? '').region } });
    }
  });
});

describe('the largest messages that are read at all', () => {
  const octets = (16 * 1024 * 3) / 4;
  it.each([
    [
      'of empty elements',
      Buffer.concat([Buffer.of(0x30, 0x80), Buffer.alloc(octets - 4, Buffer.of(5, 0)), Buffer.alloc(2)]),
    ],
    ['of nothing but beginnings', Buffer.alloc(octets, Buffer.of(0x30, 0x80))],
    ['of zeros', Buffer.alloc(octets)],
    ['with a document in segments of one octet', sign({ segments: 9999 })],
    ['with a document of 10 KB in brackets', signMessage('['.repeat(10_000), authority.privateKey)],
    ['with twenty signers', sign({ signers: 20 })],
  ])('%s take less than 5 ms', (_, message) => {
    expect(quickest(message.toString('base64'))).toBeLessThan(LIMIT_MS);
  });

  it('of spaces alone take less than 5 ms', () => {
    expect(quickest(' \n'.repeat(8 * 1024))).toBeLessThan(LIMIT_MS);
  });
});
