import { describe, expect, onTestFinished, test } from 'vitest';
import { buildApp } from '../../src/http/app.ts';
import { AwsError } from '../../src/local/aws/errors.ts';
import { startService, type TestService } from '../service.ts';

/** As Lambda has them: functions of one service, each with memory of its own. */
const instancesOf = async (service: TestService, count: number) => {
  const apps = Array.from({ length: count }, () =>
    buildApp({ ...service.context, operators: () => undefined }),
  );
  onTestFinished(async () => {
    await Promise.all(apps.map((app) => app.close()));
  });
  return apps;
};
const readyz = async (app: TestService['app']) => {
  const answer = await app.inject('/readyz');
  return { status: answer.statusCode, checks: answer.json().Checks };
};

describe('asking for readiness again and again', () => {
  test('makes ten instances ask Systems Manager twice a minute together, and all of them know', async () => {
    const service = await startService();
    const apps = await instancesOf(service, 10);

    for (let second = 0; second < 60; second += 1) {
      const answers = await Promise.all(apps.map(readyz));
      expect(answers.map(({ status }) => status)).toEqual(apps.map(() => 200));
      service.clock.advance(1_000);
    }

    expect(service.calls.length).toBeLessThanOrEqual(2);
  });

  test('takes no machine its place in the queue of calls', async () => {
    const service = await startService({}, undefined, { ssmPerSecond: 0.04 });
    const [app] = await instancesOf(service, 1);
    const first = app && (await readyz(app));

    const activation = await service.app.inject('/activate?name=web-1');

    expect(first?.status).toBe(200);
    expect(activation.statusCode).toBe(200);
  });

  test('asks nothing while machines are served: their calls show that it can be called', async () => {
    const service = await startService();
    await service.app.inject('/activate?name=web-1');
    const calls = service.calls.length;

    expect(await readyz(service.app)).toMatchObject({ status: 200 });

    expect(service.calls).toHaveLength(calls);
  });

  test('asks Systems Manager nothing while the ledger, which says whose turn it is, does not answer', async () => {
    const service = await startService();
    const { verdictFor } = service.context;
    const read = async () => Promise.reject(new Error('no ledger'));
    const app = buildApp({
      ...service.context,
      verdictFor: (task) => ({ ...verdictFor(task), read }),
      operators: () => undefined,
    });
    onTestFinished(() => app.close());

    const { status, checks } = await readyz(app);

    expect({ status, checks }).toMatchObject({
      status: 503,
      checks: { SystemsManager: { Status: 'unknown' } },
    });
    expect(service.calls).toEqual([]);
  });
});

describe('readiness is still true', () => {
  const failing = async () => {
    const service = await startService();
    const apps = await instancesOf(service, 3);
    await Promise.all(apps.map(readyz));
    return { service, apps };
  };

  test.each([
    ['that permission was taken', new AwsError('AccessDeniedException'), 'SystemsManagerRefused'],
    ['that it throttles', new AwsError('ThrottlingException'), 'SystemsManagerUnavailable'],
    ['that it is broken', new AwsError('InternalServerError'), 'SystemsManagerUnavailable'],
  ])(
    'within a minute on every instance, when it begins to fail and when it is mended: %s',
    async (_what, error, Detail) => {
      const { service, apps } = await failing();
      service.faults.refuse = () => error;
      service.clock.advance(60_000);

      expect(await Promise.all(apps.map(readyz))).toEqual(
        apps.map(() => ({
          status: 503,
          checks: { Ledger: { Status: 'ok' }, SystemsManager: { Status: 'failed', Detail } },
        })),
      );

      service.faults.refuse = undefined;
      service.clock.advance(60_000);
      expect((await Promise.all(apps.map(readyz))).map(({ status }) => status)).toEqual([200, 200, 200]);
    },
  );

  test('about a node role that another instance met, and that was mended', async () => {
    const service = await startService();
    const [app = service.app] = await instancesOf(service, 1);
    service.faults.refuse = (operation) =>
      operation === 'CreateActivation' ? new AwsError('ValidationException', 'Not existing role') : undefined;
    expect((await service.app.inject('/activate?name=web-1')).json().code).toBe('NodeRoleUnusable');

    expect(await readyz(app)).toMatchObject({
      status: 503,
      checks: { SystemsManager: { Status: 'failed', Detail: 'NodeRoleUnusable' } },
    });

    service.faults.refuse = undefined;
    service.clock.advance(60_000);
    expect(await readyz(app)).toMatchObject({ status: 200 });
  });

  test('within three seconds when nothing answers', async () => {
    const service = await startService();
    const never = () => new Promise<never>(() => {});
    const { portsFor, verdictFor } = service.context;
    const app = buildApp({
      ...service.context,
      portsFor: (task) => ({ ...portsFor(task), ledger: { ...portsFor(task).ledger, check: never } }),
      verdictFor: (task) => ({ ...verdictFor(task), read: never }),
      operators: () => undefined,
    });
    onTestFinished(() => app.close());
    const began = performance.now();

    const { status } = await readyz(app);

    expect(status).toBe(503);
    expect(performance.now() - began).toBeLessThan(3_500);
  });
});
