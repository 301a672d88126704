import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { WORKER_CONCURRENCY } from '../../infra/constructs/node-events.ts';
import { shareSsmBudget } from '../../infra/ssm-budget.ts';
import { PUBLIC, serviceTemplate } from './synthesis.ts';

it('all instances together stay within the budget, whatever their number', () => {
  const budgets = fc.record({
    ssmCallsPerSecond: fc.double({ min: 0.1, max: 1_000, noNaN: true }),
    apiConcurrency: fc.integer({ min: 1, max: 1_000 }),
  });
  // biome-ignore lint/nursery/noFloatingPromises: a synchronous property.
  fc.assert(
    fc.property(budgets, (configuration) => {
      const { worker, api } = shareSsmBudget(configuration);

      const together = worker * WORKER_CONCURRENCY + api * configuration.apiConcurrency;

      expect(together).toBeCloseTo(configuration.ssmCallsPerSecond, 6);
      expect(Math.min(worker, api)).toBeGreaterThan(0);
    }),
  );
});

const Deployed = z.object({
  Properties: z.object({
    ReservedConcurrentExecutions: z.number().optional(),
    Environment: z.object({ Variables: z.looseObject({ SSM_MAX_TPS: z.coerce.number() }) }),
  }),
});

const functionsOf = (context: Record<string, string>) =>
  Object.values(serviceTemplate(context).findResources('AWS::Lambda::Function')).map(
    (resource) => Deployed.parse(resource).Properties,
  );

it('the deployed functions are as many and as slow as the budget says', () => {
  const functions = functionsOf({ ...PUBLIC, ssmCallsPerSecond: '3', apiConcurrency: '6' });

  const together = functions.map(
    ({ ReservedConcurrentExecutions = Number.POSITIVE_INFINITY, Environment }) =>
      ReservedConcurrentExecutions * Environment.Variables.SSM_MAX_TPS,
  );

  expect(functions).toHaveLength(2);
  expect(together.reduce((sum, part) => sum + part)).toBeCloseTo(3);
});

it('an account that can reserve nothing gets functions without a reservation', () => {
  const functions = functionsOf({ ...PUBLIC, reserveConcurrency: 'false' });

  expect(functions.map(({ ReservedConcurrentExecutions }) => ReservedConcurrentExecutions)).toEqual([
    undefined,
    undefined,
  ]);
});
