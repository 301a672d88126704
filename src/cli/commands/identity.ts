import { ok } from '@oazapfts/runtime';
import { checkIdentity, type IdentityCheck } from '../../client/api.ts';
import { Failure } from '../failure.ts';
import type { Column, Listing } from '../output/formats.ts';
import { readInput } from '../read-input.ts';
import type { Session } from '../session.ts';
import { say } from '../shell.ts';
import { earlier } from '../when.ts';
import { tagsOf } from './tags-of.ts';

export interface CheckIdentityOptions {
  /** Files, or `-`: what is in them is a secret. */
  readonly instanceIdentity?: string;
  readonly bearer?: string;
  readonly sourceIp?: string;
  readonly name?: string;
  readonly tag: readonly string[];
  readonly at?: string;
}

type Check = IdentityCheck['Checks'][number];

const colorOf: Column<Check>['color'] = ({ Result }) => {
  if (Result === 'passed') return 'green';
  return Result === 'failed' ? 'red' : undefined;
};

const CHECKS: Listing<Check> = {
  columns: [
    { field: 'Check', text: ({ Check: check }) => check, key: true },
    { field: 'Result', text: ({ Result }) => Result, color: colorOf },
    { field: 'Detail', text: ({ Detail }) => Detail, key: true },
  ],
};

/** @throws Failure when the machine would be refused */
export const checkIdentityCommand = async (
  session: Session,
  { instanceIdentity, bearer, sourceIp, name, tag, at }: CheckIdentityOptions,
): Promise<void> => {
  const { shell } = session;
  const input = async (file: string | undefined, what: string) =>
    file === undefined ? undefined : readInput(shell, file, what);
  const question = {
    instanceIdentity: await input(instanceIdentity, 'The identity document'),
    bearer: await input(bearer, 'The token'),
    sourceIp,
    name,
    tags: tag.length > 0 ? tagsOf(tag) : undefined,
    at: at && earlier(at, shell.now()).toISOString(),
  };
  const { Accepted, Code, Subject, Checks } = await ok(checkIdentity(question, await session.connect()));
  say(shell, Subject === undefined ? 'The proof shows nobody.' : `The proof is of ${Subject}.`);
  await session.show([Checks], CHECKS);
  if (!Accepted) throw new Failure('refused', `The machine would be refused: ${Code}`);
  say(shell, 'The machine would be let in.');
};
