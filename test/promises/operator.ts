import { DeregisterManagedInstanceCommand } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { tagChanges } from '../../src/activation/tag-changes.ts';
import type { Tags } from '../../src/activation/tags.ts';
import type { Answer, Caller } from './caller.ts';
import type { Diary } from './diary.ts';
import { send } from './send.ts';
import type { World } from './world.ts';

const AUTHORIZATION = { authorization: 'Bearer operator' };

/** Whoever runs the fleet. */
export class Operator {
  readonly #world: World;
  readonly #diary: Diary;

  constructor(world: World, diary: Diary) {
    this.#world = world;
    this.#diary = diary;
  }

  async makesToken(
    label: string,
    terms: { namePattern: string; maxNames?: number; rejoin?: boolean },
  ): Promise<Caller> {
    const { clock } = this.#world;
    const expiresAt = new Date(clock.now().getTime() + 300 * 86_400_000).toISOString();
    const answer = await this.#sends('POST', '/tokens', { ...terms, expiresAt });
    const { Token, TokenId } = z.object({ Token: z.string(), TokenId: z.string() }).parse(answer?.body);
    this.#diary.secrets.push(Token.replace(/^ssmj_[^_]*_/, ''));
    return {
      label,
      proof: 'join-token',
      subject: TokenId,
      madeAt: clock.now(),
      mayRejoin: terms.rejoin ?? false,
      request: { headers: { authorization: `Bearer ${Token}` } },
    };
  }

  revokes(caller: Caller): Promise<Answer> {
    return this.#sends('DELETE', `/tokens/${caller.subject}`);
  }

  async tags(name: string, set: Tags): Promise<Answer> {
    const wish = this.#wish(name);
    const answer = await this.#sends('PUT', `/nodes/${name}/tags`, { tags: set });
    this.#diary.note(wish, tagChanges(set, []), answer);
    return answer;
  }

  async untags(name: string, keys: readonly string[]): Promise<Answer> {
    const wish = this.#wish(name);
    const answer = await this.#sends('DELETE', `/nodes/${name}/tags?keys=${keys.join(',')}`);
    this.#diary.note(wish, tagChanges({}, keys), answer);
    return answer;
  }

  releases(name: string): Promise<Answer> {
    return this.#sends('POST', `/nodes/${name}/release`);
  }

  async removes(name: string): Promise<Answer> {
    const answer = await this.#sends('DELETE', `/nodes/${name}`);
    this.#diary.removals.push({ name, answered: this.#diary.turn() });
    return answer;
  }

  /** Behind the service's back. */
  async deregistersByHand(node: string): Promise<void> {
    await this.#world.untroubled(() =>
      this.#world.ssm.send(new DeregisterManagedInstanceCommand({ InstanceId: node })),
    );
    this.#diary.deregistered.push(node);
  }

  #wish(name: string) {
    return { name, by: 'operator', at: this.#world.clock.now(), sent: this.#diary.turn() };
  }

  #sends(method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
    const request = { method, url, headers: AUTHORIZATION, ...(payload && { payload }) };
    return send(this.#world, this.#diary, request, 'operator');
  }
}
