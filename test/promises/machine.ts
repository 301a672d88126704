import { expect } from 'vitest';
import * as z from 'zod';
import { tagChanges } from '../../src/activation/tag-changes.ts';
import type { Tags } from '../../src/activation/tags.ts';
import {
  createSimulatedMachine,
  MachineCallError,
  type SimulatedMachine,
} from '../../src/local/simulated-machine.ts';
import { REGION } from '../service.ts';
import type { Answer, Caller } from './caller.ts';
import type { Diary, Handed } from './diary.ts';
import { send } from './send.ts';
import { keyPair, type World } from './world.ts';

const Issued = z.object({ ActivationId: z.string(), ActivationCode: z.string() });

/** A machine that boots, and the agent that runs on it. */
export class Machine {
  readonly name: string;
  /** The proof that it has now. */
  caller: Caller;
  readonly #world: World;
  readonly #diary: Diary;
  readonly #agent: SimulatedMachine;
  /** What it was last given and has not used. */
  activation: Handed | undefined;

  constructor(world: World, diary: Diary, name: string, caller: Caller) {
    this.name = name;
    this.caller = caller;
    this.#world = world;
    this.#diary = diary;
    const { endpoint, clock } = world;
    this.#agent = createSimulatedMachine({
      endpoint,
      region: REGION,
      computerName: name,
      clock: clock.now,
      keyPair,
    });
  }

  /** The node that it knows itself to be. */
  get nodeId(): string | undefined {
    return this.#agent.instanceId;
  }

  async asks(tags: Tags = {}): Promise<Answer> {
    const payload = { name: this.name, tags };
    const request = { method: 'POST', url: '/activate', payload, ...this.caller.request } as const;
    const answer = await send(this.#world, this.#diary, request, this.caller);
    if (answer?.status === 200) {
      const { ActivationId: id, ActivationCode: code } = Issued.parse(answer.body);
      this.activation = { id, code, name: this.name, by: this.caller, tags, turn: this.#diary.turn() };
      this.#diary.handed.push(this.activation);
    }
    return answer;
  }

  /** It is told its activation, and the answer is lost on the way. */
  async asksUnheard(tags: Tags = {}): Promise<Answer> {
    const before = this.activation;
    const answer = await this.asks(tags);
    this.activation = before;
    return answer;
  }

  /** Uses what it was given. Says `registered`, the code of a refusal, or `no answer`. */
  async registers(): Promise<string> {
    if (!this.activation) return 'nothing to register with';
    const { id, code } = this.activation;
    try {
      await this.#agent.register({ activationId: id, activationCode: code });
      this.activation = undefined;
      return 'registered';
    } catch (error) {
      return error instanceof MachineCallError ? error.code : 'no answer';
    }
  }

  /** Systems Manager takes it in, and the answer is lost on the way: it goes on as if it were not registered. */
  async registersUnheard(): Promise<string> {
    const { faults } = this.#world;
    const before = faults.loseAnswer;
    faults.loseAnswer = (operation) => operation === 'RegisterManagedInstance';
    try {
      return await this.registers();
    } finally {
      faults.loseAnswer = before;
    }
  }

  /** Whether Systems Manager took its report. */
  async pings(): Promise<boolean> {
    if (this.nodeId === undefined) return false;
    try {
      await this.#agent.ping();
      this.#diary.reported.add(this.nodeId);
      return true;
    } catch {
      return false;
    }
  }

  async tags(set: Tags): Promise<Answer> {
    const { name, caller } = this;
    const wish = { name, by: caller.label, at: this.#world.clock.now(), sent: this.#diary.turn() };
    const payload = { name, tags: set };
    const request = { method: 'POST', url: '/tag', payload, ...caller.request } as const;
    const answer = await send(this.#world, this.#diary, request, caller);
    this.#diary.note(wish, tagChanges(set, []), answer);
    return answer;
  }

  /** Asks, registers and reports, as a machine does when it boots and nothing is wrong. */
  async boots(tags: Tags = {}): Promise<void> {
    expect(await this.asks(tags)).toMatchObject({ status: 200 });
    expect(await this.registers()).toBe('registered');
    expect(await this.pings()).toBe(true);
  }
}
