import type { Task } from '../../activation/deadline.ts';
import type { InstanceName } from '../../activation/instance-name.ts';
import type { JoinToken, JoinTokenId } from './join-token.ts';

/** Where join tokens are kept. Failures to reach it are `LedgerUnavailable`. */
export interface JoinTokens {
  create(token: JoinToken): Promise<void>;
  /** Strongly consistent: a revocation holds from the moment it is answered. */
  read(id: JoinTokenId): Promise<JoinToken | undefined>;
  /** The newest first; revoked and expired ones stay. */
  list(query: {
    limit: number;
    after?: string | undefined;
  }): Promise<{ tokens: readonly JoinToken[]; next?: string | undefined }>;
  /** Revoking once more changes nothing. Undefined when there is no such token. */
  revoke(id: JoinTokenId, by: string, now: Date): Promise<JoinToken | undefined>;
  /** Counts a name in one conditional write. A name that is counted already costs nothing. */
  countName(id: JoinTokenId, name: InstanceName, now: Date): Promise<'counted' | 'refused'>;
}

export type JoinTokensFor = (task: Task) => JoinTokens;
