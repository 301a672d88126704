import type { InjectOptions } from 'fastify';
import type { ProofKind } from '../../src/activation/principal.ts';

/** Someone with a proof. */
export interface Caller {
  readonly label: string;
  readonly proof: ProofKind;
  readonly subject: string;
  readonly madeAt?: Date;
  readonly mayRejoin: boolean;
  readonly request: Pick<InjectOptions, 'headers' | 'remoteAddress'>;
}

/** What came back; undefined when the process was killed before it could answer. */
export type Answer =
  | {
      readonly status: number;
      readonly code: string | undefined;
      readonly body: unknown;
      /** The node that has the tags which were sent, when it says so. */
      readonly node: string | undefined;
    }
  | undefined;

/** A caller of whom only the address speaks. */
export const fromNetwork = (label: string, address: string): Caller => ({
  label,
  proof: 'network',
  subject: address,
  mayRejoin: false,
  request: { remoteAddress: address },
});
