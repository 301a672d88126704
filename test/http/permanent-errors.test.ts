import { describe, expect, test } from 'vitest';
import { AwsError } from '../../src/local/aws/errors.ts';
import { activate, asOperator, machineOf, problemIn, startApi, timesCalled } from './api.ts';
import { patientSystemsManager, secondsSince } from './patient-systems-manager.ts';

const NO_ROLE = new AwsError(
  'ValidationException',
  'Nonexistent role or missing ssm service principal in trust policy: arn:aws:iam::1:role/ssm-node',
);

/** The service while CreateActivation is refused. */
const refusing = async (error: AwsError) => {
  const api = await startApi({ ports: patientSystemsManager, random: () => 0.5 });
  api.faults.refuse = (operation) => (operation === 'CreateActivation' ? error : undefined);
  return api;
};

describe('a node role that Systems Manager cannot use', () => {
  test('is told as what it is, after few tries and within seconds', async () => {
    const api = await refusing(NO_ROLE);
    const start = api.clock.now();

    const response = await api.http.get('/activate?name=web-1');

    const { detail } = problemIn(response, 503, 'NodeRoleUnusable');
    expect(detail).toMatch(/node role.*operator/);
    expect(detail).not.toContain('arn:');
    expect(Number(response.headers['retry-after'])).toBeGreaterThanOrEqual(50);
    expect(Number(response.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(timesCalled(api, 'CreateActivation')).toBe(3);
    expect(secondsSince(api, start)).toBeLessThan(5);
  });

  test('costs a fleet that waits for it a call every few seconds and not one a machine', async () => {
    const api = await refusing(NO_ROLE);
    await api.http.get('/activate?name=web-0');

    for (let machine = 1; machine <= 50; machine += 1) {
      await api.http.get(`/activate?name=web-${machine}`).expect(503);
      api.clock.advance(100);
    }

    expect(timesCalled(api, 'CreateActivation')).toBeLessThanOrEqual(3 + 2);
  });

  test('that was mended lets machines in within five seconds', async () => {
    const api = await refusing(NO_ROLE);
    await api.http.get('/activate?name=web-1').expect(503);
    api.faults.refuse = undefined;

    api.clock.advance(4_000);
    const activation = await activate(api, { name: 'web-1' });

    await expect(machineOf(api, 'web-1').register(activation)).resolves.toMatch(/^mi-/);
    await activate(api, { name: 'web-2' });
  });

  test('that was made moments ago is waited for', async () => {
    const api = await refusing(NO_ROLE);
    let refusals = 2;
    api.faults.refuse = () => (refusals-- > 0 ? NO_ROLE : undefined);

    await api.http.get('/activate?name=web-1').expect(200);
  });

  test('is an event with the code and the caller', async () => {
    const api = await refusing(NO_ROLE);
    await api.http.get('/activate?name=web-1').expect(503);

    const { body } = await asOperator(api, 'get', '/events?name=web-1');

    expect(body.Events).toMatchObject([{ Code: 'NodeRoleUnusable', Identity: { Proof: 'network' } }]);
  });
});

describe("Systems Manager's considered refusal", () => {
  test.each([
    ['of permission', new AwsError('AccessDeniedException')],
    ['of credentials', new AwsError('ExpiredTokenException')],
    ['of a parameter', new AwsError('InvalidParameters', 'The account has too many activations.')],
    ['that nobody knows', new AwsError('UnknownOperationException')],
  ])('%s is told as one, after one try', async (_what, error) => {
    const api = await refusing(error);

    const response = await api.http.get('/activate?name=web-1');

    const { detail } = problemIn(response, 503, 'SystemsManagerRefused');
    expect(detail).toContain(error.code);
    expect(Number(response.headers['retry-after'])).toBeGreaterThanOrEqual(50);
    expect(timesCalled(api, 'CreateActivation')).toBe(1);
  });

  test('of every call is no internal error either', async () => {
    const api = await startApi({ ports: patientSystemsManager });
    await machineOf(api, 'web-1').register(await activate(api, { name: 'web-1' }));
    api.clock.advance(3_000);
    await api.sweep();
    api.faults.refuse = () => new AwsError('AccessDeniedException');

    problemIn(await api.http.get('/activate?name=web-1'), 503, 'SystemsManagerRefused');
    problemIn(await asOperator(api, 'delete', '/nodes/web-1'), 503, 'SystemsManagerRefused');
    expect((await asOperator(api, 'get', '/nodes')).body).toMatchObject({ Nodes: [{ Name: 'web-1' }] });
  });

  test("of one name's node does not keep the sweep from the others", async () => {
    const api = await startApi({ ports: patientSystemsManager });
    const nodes = await Promise.all(
      ['web-1', 'web-2'].map(async (name) => machineOf(api, name).register(await activate(api, { name }))),
    );
    api.faults.refuse = () => new AwsError('AccessDeniedException');
    api.clock.advance(3_000);

    await expect(api.sweep()).rejects.toMatchObject({ errors: [{ name: 'SystemsManagerRefused' }] });

    api.faults.refuse = undefined;
    expect(await api.sweep()).toMatchObject({ complete: true });
    const { body } = await asOperator(api, 'get', '/nodes');
    expect(body.Nodes.map(({ InstanceId }: { InstanceId: string }) => InstanceId)).toEqual(nodes);
  });
});
