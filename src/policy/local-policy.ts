import { Policy } from './policy.ts';

/** The local server's: whoever is on this machine by network proof, and join tokens. */
export const LOCAL_POLICY: Policy = Policy.parse({
  joinTokens: { tags: { allowed: { '*': ['*'] } } },
  network: [{ cidrs: ['127.0.0.0/8', '::1/128'], names: ['*'], tags: { allowed: { '*': ['*'] } } }],
});
