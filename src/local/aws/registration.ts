import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { hashActivationCode, isExpired } from './activations.ts';
import { AwsError } from './errors.ts';
import { ssmEvent } from './events.ts';
import { anonymousOperation } from './operation.ts';
import type { Activation, ManagedNode } from './records.ts';
import type { Service } from './service.ts';
import { sameSignature } from './signature.ts';

/** Throws InvalidPublicKey unless this is the base64 of a DER RSA key of 2048 bits or more. */
export function requireRsaKey(publicKey: string, type: string): void {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  } catch {
    throw new AwsError('InvalidPublicKey');
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (type !== 'Rsa' || key.asymmetricKeyType !== 'rsa' || bits < 2048)
    throw new AwsError('InvalidPublicKey');
}

/** An unknown id and a wrong code are answered alike, after the same work. */
function usableActivation({ state, clock }: Service, id: string, code: string): Activation {
  const activation = state.activations.get(id);
  const rightCode = sameSignature(hashActivationCode(code), activation?.codeHash ?? '0'.repeat(64));
  if (!activation || !rightCode) throw new AwsError('InvalidActivation');
  if (isExpired(activation, clock())) throw new AwsError('ActivationExpired');
  if (activation.registrationsCount >= activation.registrationLimit)
    throw new AwsError('RegistrationLimitExceeded');
  return activation;
}

export const registerManagedInstance = anonymousOperation(
  z.object({
    ActivationCode: z.string(),
    ActivationId: z.string(),
    Fingerprint: z.string().min(1),
    PublicKey: z.string(),
    PublicKeyType: z.string(),
  }),
  async (service, input) => {
    const { state, clock } = service;
    requireRsaKey(input.PublicKey, input.PublicKeyType);
    const activation = usableActivation(service, input.ActivationId, input.ActivationCode);
    const node: ManagedNode = {
      id: `mi-${randomBytes(9).toString('hex').slice(1)}`,
      serial: state.nodes.nextSerial,
      activationId: activation.id,
      name: activation.defaultInstanceName,
      iamRole: activation.iamRole,
      registeredAt: clock().getTime(),
      fingerprint: input.Fingerprint,
      publicKey: input.PublicKey,
      tags: activation.tags,
      lastPingAt: undefined,
      report: {},
    };
    // No await between the check above and these two: racing registrations are counted one by one, and the
    // journal takes both records or neither.
    await Promise.all([
      state.activations.put({ ...activation, registrationsCount: activation.registrationsCount + 1 }),
      state.nodes.put(node),
    ]);
    service.emit(ssmEvent('SSM Managed Instance Registration', service, node.id));
    return { InstanceId: node.id };
  },
);
