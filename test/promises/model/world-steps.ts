import fc from 'fast-check';
import { deadlineIn } from '../../../src/activation/deadline.ts';
import { ManagedNodeId } from '../../../src/activation/identifiers.ts';
import { nodesDeregistered, nodesRegistered } from '../../../src/activation/node-events.ts';
import { AwsError } from '../../../src/local/aws/errors.ts';
import { newestNode, settle } from './play.ts';
import { SECOND, type Steps } from './step.ts';

const MINUTE = 60 * SECOND;

export const sweeping: Steps = fc.constant({
  title: 'sweep',
  run: async ({ world }) => {
    const { service } = world;
    await world.sweep().catch((error: unknown) => {
      if (!service.isDead) throw error;
    });
  },
});

export const settling: Steps = fc.constant({ title: 'all settles', run: settle });

/** EventBridge tells of a node that is there, or of one that was; late, again, or not at all. */
export const hearing = (names: fc.Arbitrary<string>): Steps =>
  fc.record({ name: names, isRegistration: fc.boolean() }).map(({ name, isRegistration }) => ({
    title: `an event tells of a ${isRegistration ? `registration as ${name}` : 'deregistration'}`,
    run: async (play) => {
      const { world, diary } = play;
      const id = isRegistration ? await newestNode(play, name) : diary.deregistered.at(-1);
      if (id === undefined) return;
      const tell = isRegistration ? nodesRegistered : nodesDeregistered;
      const ports = world.service.portsFor({ deadline: deadlineIn(22 * SECOND, { clock: world.clock.now }) });
      await tell(ports, [ManagedNodeId.parse(id)]).catch(() => {});
    },
  }));

/** Past an agent's report, a lease, what Systems Manager needs to settle, a node's silence, an activation's life. */
export const waiting: Steps = fc
  .constantFrom(5 * SECOND, 35 * SECOND, 6 * MINUTE, 11 * MINUTE, 70 * MINUTE)
  .map((milliseconds) => ({
    title: `${milliseconds / SECOND} s pass`,
    run: async ({ world }) => world.clock.advance(milliseconds),
  }));

/** Agents have no part in the troubles of the service. */
const AGENTS = ['RegisterManagedInstance', 'UpdateInstanceInformation', 'RequestManagedInstanceRoleToken'];

export const troubling: Steps = fc
  .constantFrom('no', 'no', 'throttling', 'slow', 'failing', 'lost')
  .map((trouble) => ({
    title: `Systems Manager gives ${trouble} answers`,
    run: async ({ world: { faults } }) => {
      for (const fault of Object.keys(faults)) Reflect.deleteProperty(faults, fault);
      let calls = 0;
      if (trouble === 'throttling')
        faults.refuse = (call) => (AGENTS.includes(call) ? undefined : new AwsError('ThrottlingException'));
      if (trouble === 'slow') faults.tps = 1;
      if (trouble === 'failing') faults.faultRate = 0.4;
      if (trouble === 'lost') faults.loseAnswer = (call) => !AGENTS.includes(call) && ++calls % 3 === 0;
    },
  }));
