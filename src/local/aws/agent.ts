/** What a registered agent calls: credentials, pings, and the polls that a stand-in has nothing to answer with. */
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { issueCredentials } from './credentials.ts';
import { AwsError } from './errors.ts';
import { nodeOperation } from './operation.ts';
import type { ManagedNode } from './records.ts';
import { requireRsaKey } from './registration.ts';
import { epochSeconds } from './service.ts';

const credentialLifeMs = 3_600_000;
/** Answered at once, the agent would ask again every two seconds. */
const messagePollMs = 20_000;

const stranger = () => new AwsError('AccessDeniedException', 'A managed node may only speak for itself.');

function requireSelf(node: ManagedNode, instanceId: string): void {
  if (instanceId !== node.id) throw stranger();
}

export const requestManagedInstanceRoleToken = nodeOperation(
  'key',
  z.object({ Fingerprint: z.string() }),
  ({ state, clock }, { Fingerprint: fingerprint }, node) => {
    if (fingerprint !== node.fingerprint) throw new AwsError('MachineFingerprintDoesNotMatch');
    const expiresAt = clock().getTime() + credentialLifeMs;
    const credentials = issueCredentials(state.sealingKey, node.id, expiresAt);
    return {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      TokenExpirationDate: epochSeconds(expiresAt),
      UpdateKeyPair: false,
    };
  },
);

export const updateManagedInstancePublicKey = nodeOperation(
  'key',
  z.object({ NewPublicKey: z.string(), NewPublicKeyType: z.string() }),
  async ({ state }, { NewPublicKey: publicKey, NewPublicKeyType: type }, node) => {
    requireRsaKey(publicKey, type);
    if (publicKey === node.publicKey) throw new AwsError('PublicKeyAlreadyRegistered');
    await state.nodes.put({ ...node, publicKey });
    return {};
  },
);

const report = z.object({
  AgentVersion: z.string().optional(),
  ComputerName: z.string().min(1).max(255).optional(),
  IPAddress: z.string().min(1).max(46).optional(),
  PlatformName: z.string().optional(),
  PlatformType: z.string().optional(),
  PlatformVersion: z.string().optional(),
});

function requireKnownValues({ AgentVersion: version, PlatformType: platform }: z.infer<typeof report>): void {
  if (version !== undefined && !/^\d{1,6}(\.\d{1,6}){2,3}$/.test(version))
    throw new AwsError('InvalidInstanceInformationValue', `AgentVersion '${version}' is not a version.`);
  if (platform !== undefined && !['Windows', 'Linux', 'MacOS'].includes(platform))
    throw new AwsError('InvalidInstanceInformationValue', `PlatformType '${platform}' is not known.`);
}

/** The ping. Its short form leaves out what has not changed. */
export const updateInstanceInformation = nodeOperation(
  'ssm',
  report.extend({ InstanceId: z.string() }),
  async ({ state, clock }, { InstanceId: id, ...reported }, node) => {
    requireSelf(node, id);
    requireKnownValues(reported);
    await state.nodes.put({
      ...node,
      lastPingAt: clock().getTime(),
      report: { ...node.report, ...reported },
    });
    return {};
  },
);

export const listInstanceAssociations = nodeOperation(
  'ssm',
  z.object({ InstanceId: z.string() }),
  (_service, { InstanceId: id }, node) => {
    requireSelf(node, id);
    return { Associations: [] };
  },
);

/** Run Command's long poll: there are never messages here. */
export const getMessages = nodeOperation(
  'ec2messages',
  z.object({ Destination: z.string() }),
  async ({ closing }, { Destination: id }, node) => {
    requireSelf(node, id);
    await delay(messagePollMs, undefined, { signal: closing }).catch(() => {});
    return {};
  },
);
