import * as z from 'zod';
import { ACCOUNT } from '../synthesis.ts';
import type { StandInIam } from './iam.ts';
import { AwsRefusal } from './query-protocol.ts';

const Template = z.looseObject({ Outputs: z.record(z.string(), z.unknown()).default({}) });

interface Stack {
  readonly template: string;
  readonly status: 'CREATE_COMPLETE' | 'UPDATE_COMPLETE' | 'DELETE_FAILED';
}

const AT = '2026-11-25T00:00:00Z';
const BUCKET = `cdk-hnb659fds-assets-${ACCOUNT}-eu-west-1`;
const TOOLKIT_OUTPUTS = [
  { OutputKey: 'BucketName', OutputValue: BUCKET },
  { OutputKey: 'BucketDomainName', OutputValue: `${BUCKET}.s3.amazonaws.com` },
  { OutputKey: 'BootstrapVersion', OutputValue: '999' },
];

const idOf = (name: string): string => `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/${name}/1`;
/** Stacks are named by their names, and by their ids once they have one. */
const nameOf = (given: string): string => (given.startsWith('arn:') ? (given.split('/')[1] ?? '') : given);

const outputsOf = (
  name: string,
  { template }: Stack,
): readonly { OutputKey: string; OutputValue: string }[] =>
  name === 'CDKToolkit'
    ? TOOLKIT_OUTPUTS
    : Object.keys(Template.parse(JSON.parse(template)).Outputs).map((key) => ({
        OutputKey: key,
        OutputValue: `arn:aws:iam::${ACCOUNT}:policy/${name}-${key}`,
      }));

/** Stacks as CloudFormation keeps them; every change is done at once, and none makes a resource. */
export class StandInCloudFormation {
  readonly stacks = new Map<string, Stack>();
  readonly #changeSets = new Map<string, string>();
  readonly #iam: StandInIam;

  constructor(iam: StandInIam) {
    this.#iam = iam;
  }

  /** As `cdk bootstrap` leaves an account. */
  bootstrap(): void {
    this.stacks.set('CDKToolkit', { template: '{}', status: 'CREATE_COMPLETE' });
  }

  /** @throws AwsRefusal */
  answer(action: string, fields: URLSearchParams, stored: (path: string) => string): object {
    const given = fields.get('StackName') ?? '';
    const name = nameOf(given);
    switch (action) {
      case 'DescribeStacks':
        return { Stacks: [this.#described(given)] };
      case 'GetTemplate':
        return { TemplateBody: this.#stackOf(given).template };
      case 'CreateChangeSet': {
        const url = fields.get('TemplateURL');
        this.#changeSets.set(name, fields.get('TemplateBody') ?? stored(new URL(url ?? '').pathname));
        return { Id: `${idOf(name)}/change`, StackId: idOf(name) };
      }
      case 'DescribeChangeSet':
        return this.#changeSet(name);
      case 'ExecuteChangeSet':
        this.stacks.set(name, {
          template: this.#changeSets.get(name) ?? '',
          status: this.stacks.has(name) ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE',
        });
        this.#changeSets.delete(name);
        return {};
      case 'DeleteChangeSet':
        this.#changeSets.delete(name);
        return {};
      case 'DeleteStack':
        this.#delete(name);
        return {};
      case 'DescribeStackEvents':
      case 'UpdateTerminationProtection':
        return {};
      default:
        throw new Error(`The stand-in of CloudFormation does not know ${action}.`);
    }
  }

  #stackOf(given: string): Stack {
    const stack = this.stacks.get(nameOf(given));
    if (!stack) throw new AwsRefusal('ValidationError', `Stack with id ${given} does not exist`);
    return stack;
  }

  /** A managed policy that somebody has cannot be deleted. */
  #delete(name: string): void {
    const stack = this.#stackOf(name);
    const isHeld = outputsOf(name, stack).some(
      ({ OutputValue }) => this.#iam.rolesWith(OutputValue).length > 0,
    );
    if (isHeld) this.stacks.set(name, { ...stack, status: 'DELETE_FAILED' });
    else this.stacks.delete(name);
  }

  #described(given: string): object {
    const name = nameOf(given);
    const known = { StackName: name, StackId: idOf(name), CreationTime: AT };
    // A deleted stack can still be asked for by its id.
    const isDeleted = given.startsWith('arn:') && !this.stacks.has(name);
    if (isDeleted) return { ...known, StackStatus: 'DELETE_COMPLETE' };
    const stack = this.#stackOf(given);
    return { ...known, StackStatus: stack.status, Outputs: outputsOf(name, stack) };
  }

  #changeSet(name: string): object {
    if (!this.#changeSets.has(name)) throw new AwsRefusal('ChangeSetNotFound', 'There is none of that name');
    return {
      ChangeSetName: 'change',
      ChangeSetId: `${idOf(name)}/change`,
      StackId: idOf(name),
      StackName: name,
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Changes: [{ Type: 'Resource', ResourceChange: { Action: 'Add', LogicalResourceId: 'Any' } }],
    };
  }
}
