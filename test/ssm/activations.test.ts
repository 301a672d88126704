import { describe, expect, test } from 'vitest';
import { InstanceName } from '../../src/activation/instance-name.ts';
import { AwsError } from '../../src/local/aws/errors.ts';
import { attemptId } from '../activation/records.ts';
import { hour } from '../local/embedded-aws.ts';
import { HOST, ROLE, startGateway } from './gateway.ts';

describe('createActivation', () => {
  test('makes an activation for one machine, with its name, role, expiry, tags and attempt', async () => {
    const { systemsManager, request, described } = await startGateway();
    const asked = request({ tags: { Role: 'web', Owner: '' } });

    const { id, code, strayPossible } = await systemsManager.createActivation(asked);

    expect(await described()).toMatchObject([
      {
        ActivationId: id,
        DefaultInstanceName: 'host-1',
        Description: `ssm-activation-api attempt ${asked.attemptId}`,
        IamRole: ROLE,
        RegistrationLimit: 1,
        ExpirationDate: asked.expiresAt,
        Tags: [
          { Key: 'Role', Value: 'web' },
          { Key: 'Owner', Value: '' },
        ],
      },
    ]);
    expect(code.reveal()).toMatch(/^.{20}$/);
    expect(strayPossible).toBe(false);
  });

  test('without tags makes an activation without tags', async () => {
    const { systemsManager, request, described } = await startGateway();

    await systemsManager.createActivation(request());

    expect((await described())[0]?.Tags ?? []).toEqual([]);
  });

  test('with the id and the code a machine registers, once', async () => {
    const { systemsManager, request, machine } = await startGateway();
    const { id, code } = await systemsManager.createActivation(request());
    const activation = { activationId: id, activationCode: code.reveal() };

    await machine().register(activation);

    await expect(machine().register(activation)).rejects.toMatchObject({ code: 'RegistrationLimitExceeded' });
  });

  test('whose answer was lost is called again, and says that a stray is possible', async () => {
    const { systemsManager, request, faults, described } = await startGateway();
    let lost = 0;
    faults.loseAnswer = () => lost++ === 0;

    const minted = await systemsManager.createActivation(request());

    expect(minted.strayPossible).toBe(true);
    expect(await described()).toHaveLength(2);
  });

  test('that was throttled first leaves no stray', async () => {
    const { systemsManager, request, faults, described } = await startGateway();
    let calls = 0;
    faults.refuse = () => (calls++ < 3 ? new AwsError('ThrottlingException') : undefined);

    const minted = await systemsManager.createActivation(request());

    expect(minted.strayPossible).toBe(false);
    expect(await described()).toHaveLength(1);
  });

  test('waits for a role that is not known everywhere yet', async () => {
    const { systemsManager, request, faults } = await startGateway();
    let calls = 0;
    const message = 'Nonexistent role or missing ssm service principal in trust policy: x';
    faults.refuse = () => (calls++ < 2 ? new AwsError('ValidationException', message) : undefined);

    const minted = await systemsManager.createActivation(request());

    expect(minted.strayPossible).toBe(false);
  });

  test('passes a refusal through with no code in it', async () => {
    const { systemsManager, request, faults } = await startGateway();
    faults.refuse = () => new AwsError('AccessDeniedException');

    await expect(systemsManager.createActivation(request())).rejects.toMatchObject({
      name: 'SystemsManagerRefused',
      cause: { name: 'AccessDeniedException' },
    });
  });
});

describe('activations', () => {
  test('are found by name, with the attempt that made each', async () => {
    const { systemsManager, request, activate } = await startGateway();
    const other = InstanceName.parse('host-2');
    const first = await systemsManager.createActivation(request());
    const second = await systemsManager.createActivation(request({ attemptId: attemptId('two') }));
    await systemsManager.createActivation(request({ name: other }));
    const byHand = await activate({ DefaultInstanceName: 'host-1', Description: 'by hand' });

    const found = await systemsManager.activationsNamed([HOST]);

    expect(found.map(({ id, name, attemptId: attempt }) => [id, name, attempt])).toEqual([
      [first.id, 'host-1', attemptId('one')],
      [second.id, 'host-1', attemptId('two')],
      [byHand.activationId, 'host-1', undefined],
    ]);
  });

  test('are found page by page, for more names than one question takes', async () => {
    const { systemsManager, request, calls } = await startGateway();
    const names = Array.from({ length: 120 }, (_, index) => InstanceName.parse(`host-${index}`));
    for (const name of names) await systemsManager.createActivation(request({ name }));
    calls.length = 0;

    const found = await systemsManager.activationsNamed(names);

    expect(found.map(({ name }) => name)).toEqual(names);
    expect(calls).toHaveLength(3);
    expect(await systemsManager.allActivations()).toHaveLength(120);
  });

  test('can register a machine until they are used up or expired', async () => {
    const { systemsManager, request, machine, advance } = await startGateway();
    const used = await systemsManager.createActivation(request());
    await machine().register({ activationId: used.id, activationCode: used.code.reveal() });
    await systemsManager.createActivation(request());
    const canRegister = async () =>
      (await systemsManager.activationsNamed([HOST])).map((found) => found.canRegister);

    expect(await canRegister()).toEqual([false, true]);
    advance(hour);
    expect(await canRegister()).toEqual([false, false]);
  });
});
