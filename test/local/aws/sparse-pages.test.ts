import {
  DescribeActivationsCommand,
  DescribeInstanceInformationCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { startTestAws } from '../embedded-aws.ts';

interface Page {
  readonly ids: readonly (string | undefined)[];
  readonly NextToken: string | undefined;
}
type Fetch = (NextToken: string | undefined) => Promise<Page>;

const nodePage =
  (ssm: SSMClient): Fetch =>
  async (NextToken) => {
    const answer = await ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 5, NextToken }));
    const ids = answer.InstanceInformationList?.map(({ InstanceId }) => InstanceId) ?? [];
    return { ids, NextToken: answer.NextToken };
  };
const activationPage =
  (ssm: SSMClient): Fetch =>
  async (NextToken) => {
    const answer = await ssm.send(new DescribeActivationsCommand({ MaxResults: 5, NextToken }));
    return { ids: answer.ActivationList?.map((one) => one.ActivationId) ?? [], NextToken: answer.NextToken };
  };

const pagesOf = async (fetchPage: Fetch): Promise<Page[]> => {
  const pages = [await fetchPage(undefined)];
  for (let token = pages[0]?.NextToken; token !== undefined; token = pages.at(-1)?.NextToken) {
    expect(pages.length).toBeLessThan(100);
    pages.push(await fetchPage(token));
  }
  return pages;
};

/** Numbers that repeat after long, the same ones each time. */
const seeded = () => {
  let seed = 11;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
};

test.each([0.5, 1])(
  'with a share of %f, listings have empty and short pages, and every record once',
  async (share) => {
    const { ssm, activate, machine, faults } = await startTestAws({ random: seeded() });
    const activations: string[] = [];
    const nodes: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      const activation = await activate();
      activations.push(activation.activationId);
      nodes.push(await machine().register(activation));
    }
    faults.sparsePages = share;
    const seen = new Set<string>();

    for (let listing = 0; listing < 10; listing += 1) {
      for (const [fetchPage, all] of [
        [nodePage(ssm), nodes],
        [activationPage(ssm), activations],
      ] as const) {
        const pages = await pagesOf(fetchPage);
        expect(pages.flatMap(({ ids }) => ids)).toEqual(all);
        for (const [index, { ids }] of pages.entries()) {
          const isLast = index === pages.length - 1;
          if (ids.length === 0) seen.add(isLast ? 'an empty last page' : 'an empty page');
          else if (ids.length < 5 && !isLast) seen.add('a short page');
        }
      }
    }

    expect([...seen].sort()).toEqual(['a short page', 'an empty last page', 'an empty page']);
  },
);

test('even a listing of nothing can have a page before its last', async () => {
  const { ssm, faults } = await startTestAws();
  faults.sparsePages = 1;

  const pages = await pagesOf(nodePage(ssm));

  expect(pages.map(({ ids }) => ids)).toEqual([[], []]);
});

test('a token of a page that was empty is good for its own question only', async () => {
  const { ssm, faults } = await startTestAws();
  faults.sparsePages = 1;
  const { NextToken } = await nodePage(ssm)(undefined);

  await expect(activationPage(ssm)(NextToken)).rejects.toMatchObject({ name: 'InvalidNextToken' });
});
