import { describe, expect, it, vi } from 'vitest';
import { findingsIn, PUBLIC, UNKNOWN_REGION, VARIANTS } from './synthesis.ts';

/** How many variants are looked into, the one that has most first. */
const MOST = Number(process.env['NAG_VARIANTS'] ?? 1);

describe('cdk-nag AwsSolutions and the Control Tower rules of cfn-guard', () => {
  it.each(Object.entries(VARIANTS).toReversed().slice(0, MOST))(
    'find nothing unexplained in %s',
    (_name, context) => {
      vi.spyOn(process.stderr, 'write').mockReturnValue(true);

      const { plugins, unexplained, acknowledged } = findingsIn(context);

      expect(plugins).toEqual(expect.arrayContaining(['AwsSolutions', 'cdk-validator-cfnguard']));
      expect(unexplained).toEqual([]);
      expect(acknowledged.length).toBeGreaterThan(0);
    },
  );

  it('find nothing unexplained where account and region are not known', () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);

    expect(findingsIn(PUBLIC, UNKNOWN_REGION).unexplained).toEqual([]);
  });

  it('do find what is not acknowledged', () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);

    const { unexplained } = findingsIn({ ...PUBLIC, nodeManagedPolicies: 'AdministratorAccess' });

    expect(unexplained.map(({ ruleName }) => ruleName)).toEqual([
      expect.stringMatching(/^AwsSolutions-IAM4\[.*AdministratorAccess]$/),
    ]);
  });
});
