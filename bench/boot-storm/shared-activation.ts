import { setTimeout as sleep } from 'node:timers/promises';
import { CreateActivationCommand, DescribeActivationsCommand } from '@aws-sdk/client-ssm';
import { createSimulatedMachine } from '../../src/local/simulated-machine.ts';
import { REGION } from './region.ts';
import type { StormSystemsManager } from './systems-manager.ts';

const LIMIT = 10;
const POLL_MS = 3_000;
const MOST_POLLS = 5;
/** How long DynamoDB and the Parameter Store take to answer. */
const STORE_MS = 5;
const MOST_REQUESTS = 5;

interface SharedActivation {
  readonly id: string;
  readonly code: string;
}

/**
 * The older public sample, written afresh from its description: one activation for ten machines in a parameter, guarded
 * by a lock that is read, and then written without a condition; after five polls, three seconds apart, it goes on
 * without it.
 */
const createSharedActivations = ({ client }: StormSystemsManager) => {
  let locked = false;
  let parameter: SharedActivation | undefined;
  const store = async <T>(access: () => T): Promise<T> => {
    await sleep(STORE_MS);
    return access();
  };
  const usable = async ({ id }: SharedActivation): Promise<boolean> => {
    const Filters = [{ FilterKey: 'ActivationIds' as const, FilterValues: [id] }];
    const { ActivationList = [] } = await client.send(new DescribeActivationsCommand({ Filters }));
    return ActivationList.some(
      ({ RegistrationsCount = 0, RegistrationLimit = 0, Expired }) =>
        !Expired && RegistrationsCount < RegistrationLimit,
    );
  };
  return async (): Promise<SharedActivation> => {
    for (let polls = 0; polls < MOST_POLLS && (await store(() => locked)); polls += 1) await sleep(POLL_MS);
    await store(() => {
      locked = true;
    });
    try {
      const kept = await store(() => parameter);
      if (kept && (await usable(kept))) return kept;
      const made = await client.send(
        new CreateActivationCommand({ IamRole: 'ssm-activation-node', RegistrationLimit: LIMIT }),
      );
      const next = { id: made.ActivationId ?? '', code: made.ActivationCode ?? '' };
      await store(() => {
        parameter = next;
      });
      return next;
    } finally {
      await store(() => {
        locked = false;
      });
    }
  };
};

/** Boots that many machines; each asks again when it is answered with an error. Returns how many registered. */
export const bootWithSharedActivations = async (
  systemsManager: StormSystemsManager,
  machines: number,
  keyPair: NonNullable<Parameters<typeof createSimulatedMachine>[0]['keyPair']>,
): Promise<number> => {
  const activation = createSharedActivations(systemsManager);
  const boot = async (index: number): Promise<boolean> => {
    const machine = createSimulatedMachine({
      endpoint: systemsManager.url,
      region: REGION,
      computerName: `m-${index}`,
      keyPair,
    });
    for (let requests = 1; ; requests += 1) {
      try {
        const { id, code } = await activation();
        await machine.register({ activationId: id, activationCode: code });
        return true;
      } catch (error) {
        const refused = error instanceof Error && /RegistrationLimitExceeded/.test(error.message);
        if (refused || requests === MOST_REQUESTS) return false;
        await sleep(Math.random() * 1000 * 2 ** requests);
      }
    }
  };
  const registered = await Promise.all(Array.from({ length: machines }, (_, index) => boot(index)));
  return registered.filter(Boolean).length;
};
