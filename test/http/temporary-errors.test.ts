import { DescribeActivationsCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { LedgerUnavailable } from '../../src/activation/errors.ts';
import { AwsError } from '../../src/local/aws/errors.ts';
import type { TestService } from '../service.ts';
import { activate, asOperator, machineOf, problemIn, startApi, tagsInSsm, timesCalled } from './api.ts';
import { patientSystemsManager, secondsSince } from './patient-systems-manager.ts';

const THROTTLED = () => new AwsError('ThrottlingException');
const BROKEN = () => new AwsError('InternalServerError');

describe('Systems Manager', () => {
  test.each([
    ['throttles', THROTTLED],
    ['fails', BROKEN],
  ])('that %s is tried again until it answers', async (_how, refuse) => {
    const api = await startApi({ ports: patientSystemsManager });
    let refusals = 6;
    api.faults.refuse = () => (refusals-- > 0 ? refuse() : undefined);

    await api.http.get('/activate?name=web-1').expect(200);

    expect(timesCalled(api, 'CreateActivation')).toBe(7);
  });

  test.each([
    ['throttles', THROTTLED],
    ['fails', BROKEN],
  ])('that %s for twenty seconds is a 503 that says when to come back', async (_how, refuse) => {
    const api = await startApi({ ports: patientSystemsManager });
    api.faults.refuse = refuse;
    const start = api.clock.now();

    const response = await api.http.get('/activate?name=web-1');

    problemIn(response, 503, 'SystemsManagerUnavailable');
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(secondsSince(api, start)).toBeGreaterThan(14);
    expect(secondsSince(api, start)).toBeLessThanOrEqual(20);
  });

  test('that answers again lets the same name in at once', async () => {
    const api = await startApi({ ports: patientSystemsManager });
    api.faults.refuse = THROTTLED;
    await api.http.get('/activate?name=web-1').expect(503);
    api.faults.refuse = undefined;

    const activation = await activate(api, { name: 'web-1' });

    await expect(machineOf(api, 'web-1').register(activation)).resolves.toMatch(/^mi-/);
  });

  test('whose answer was lost leaves no second activation behind', async () => {
    const api = await startApi({ ports: patientSystemsManager });
    api.faults.loseAnswer = (operation) => operation === 'CreateActivation';
    await api.http.get('/activate?name=web-1').expect(503);
    api.faults.loseAnswer = undefined;
    expect(timesCalled(api, 'CreateActivation')).toBeGreaterThan(5);

    const activation = await activate(api, { name: 'web-1' });
    api.clock.advance(3_000);
    await api.sweep();

    const { ActivationList = [] } = await api.ssm.send(new DescribeActivationsCommand({}));
    expect(ActivationList.map(({ ActivationId }) => ActivationId)).toEqual([activation.activationId]);
  });

  test('that does not answer keeps tags pending, and they are on the node later', async () => {
    const api = await startApi({ ports: patientSystemsManager });
    const instanceId = await machineOf(api, 'web-1').register(await activate(api, { name: 'web-1' }));
    await api.http.get('/tag?name=web-1&tags=First=1').expect(200);
    api.faults.refuse = (operation) => (operation === 'AddTagsToResource' ? THROTTLED() : undefined);

    const response = await api.http.get('/tag?name=web-1&tags=Second=2');

    expect(response.status).toBe(202);
    expect(response.body).toEqual({ Status: 'Pending', Name: 'web-1', Tags: { First: '1', Second: '2' } });
    expect(await tagsInSsm(api, instanceId)).toEqual({ First: '1' });
    api.faults.refuse = undefined;
    await api.sweep();
    expect(await tagsInSsm(api, instanceId)).toEqual({ First: '1', Second: '2' });
  });

  test('that does not confirm a removal leaves it accepted', async () => {
    const api = await startApi({ ports: patientSystemsManager });
    await machineOf(api, 'web-1').register(await activate(api, { name: 'web-1' }));
    api.faults.refuse = (operation) => (operation === 'DeregisterManagedInstance' ? THROTTLED() : undefined);

    const response = await asOperator(api, 'delete', '/nodes/web-1');

    expect(response.status).toBe(202);
    expect(response.body.Status).toBe('Deregistered');
  });
});

describe('the ledger', () => {
  const noLedger = ({ ports }: TestService) => {
    const down = async () => {
      throw new LedgerUnavailable('The ledger does not answer; try again.', 2);
    };
    return { ledger: { ...ports.ledger, read: down, list: down, check: down } };
  };

  test('that does not answer is a 503, and nothing is minted', async () => {
    const api = await startApi({ ports: noLedger });

    const response = await api.http.get('/activate?name=web-1');

    problemIn(response, 503, 'LedgerUnavailable');
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    problemIn(await asOperator(api, 'get', '/nodes'), 503, 'LedgerUnavailable');
    expect(timesCalled(api, 'CreateActivation')).toBe(0);
  });

  test('that does not answer makes the service live but not ready', async () => {
    const api = await startApi({ ports: noLedger });

    await api.http.get('/livez').expect(200, { Status: 'live' });
    const { body } = await api.http.get('/readyz').expect(503);

    expect(body).toMatchObject({
      Status: 'not ready',
      Checks: { Ledger: { Status: 'failed' }, SystemsManager: { Status: 'ok' } },
    });
  });
});

test('readiness asks Systems Manager once in thirty seconds, however often it is asked itself', async () => {
  const api = await startApi();

  for (const _time of [1, 2, 3]) await api.http.get('/readyz').expect(200);
  expect(api.calls).toHaveLength(1);
  api.clock.advance(30_001);
  await api.http.get('/readyz').expect(200);
  expect(api.calls).toHaveLength(2);
});

test('Retry-After is spread over up to five seconds after its base', async () => {
  const retryAfter = async (random: number) => {
    const ports = ({ ports: { ledger } }: TestService) => ({
      ledger: {
        ...ledger,
        read: async () => {
          throw new LedgerUnavailable('The ledger does not answer; try again.', 10);
        },
      },
    });
    const { http } = await startApi({ ports, random: () => random });
    const { headers } = await http.get('/activate?name=web-1');
    return headers['retry-after'];
  };

  expect(await Promise.all([0, 0.42, 0.999].map(retryAfter))).toEqual(['10', '13', '15']);
});

test('an unexpected error is a 500 that tells nothing of its cause', async () => {
  const ports = ({ ports: { ledger } }: TestService) => ({
    ledger: {
      ...ledger,
      read: async () => {
        throw new TypeError('cause that is not for callers');
      },
    },
  });
  const { http } = await startApi({ ports });

  const response = await http.get('/activate?name=web-1');

  problemIn(response, 500, 'InternalError');
  expect(response.text).not.toContain('cause');
  expect(response.text).not.toContain('TypeError');
});
