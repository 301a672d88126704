import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { endingSoon } from '../../tools/pinned-keys/pinned-key.ts';
import { shippedAgentKeys, shippedCertificates } from '../../tools/pinned-keys/shipped-keys.ts';

const hasGpg = spawnSync('gpg', ['--version']).status === 0;
if (process.env['CI'] && !hasGpg) throw new Error('gpg is missing: it reads the key of the agent installer');

/** The check as continuous integration runs it, on a day. */
const checkOn = (date: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/pinned-keys.ts', date]);
  return { status, written: `${stdout}${stderr}` };
};

describe('a pinned key', () => {
  const keys = [{ what: 'The key K', endsAt: new Date('2027-11-25T12:00:00Z') }];

  it.each([
    ['has 90 days and a second', '2027-08-27T11:59:59Z', []],
    ['has 90 days', '2027-08-27T12:00:00Z', ['The key K ends on 2027-11-25: replace it.']],
    ['has ended', '2027-11-26T00:00:00Z', ['The key K ended on 2027-11-25: replace it.']],
  ])('that %s on %s is told as %j', (_what, now, told) => {
    expect(endingSoon(keys, new Date(now))).toEqual(told);
  });
});

it('every certificate that is shipped is looked at, and has more than a century', () => {
  const ends = shippedCertificates().map(({ endsAt }) => endsAt.getUTCFullYear());

  expect(ends).toHaveLength(39);
  expect(Math.min(...ends)).toBeGreaterThan(2190);
});

describe.skipIf(!hasGpg)('the key that signs the agent installer', () => {
  it('ends on the day that the documentation names', () => {
    expect(shippedAgentKeys()).toEqual([
      { what: expect.stringContaining('2784DBF388D19D46'), endsAt: expect.any(Date) },
    ]);
    expect(shippedAgentKeys()[0]?.endsAt.toISOString()).toMatch(/^2027-11-25/);
  });

  it('is missed when the script no longer holds one', () => {
    expect(() => shippedAgentKeys('echo no key')).toThrow('holds no OpenPGP key');
  });

  it('lets the check pass until 90 days before, and fail from then on', () => {
    expect(checkOn('2027-08-26')).toMatchObject({ status: 0 });
    expect(checkOn('2027-08-28')).toEqual({
      status: 1,
      written: expect.stringMatching(/^The key .* ends on 2027-11-25: replace it\.\n$/),
    });
  });
});

it('a date that is none is told', () => {
  expect(checkOn('soon')).toEqual({ status: 2, written: expect.stringContaining('is no date') });
});
