/**
 * Who is calling. Signatures are really checked, by the time and headers they cover too. Only where a test gave
 * operators no secret, any well-formed SigV4 header will do for theirs, save one made with a key issued to a node.
 */
import { constants, createPublicKey, verify } from 'node:crypto';
import { isNodeAccessKey, openSessionToken } from './credentials.ts';
import { AwsError } from './errors.ts';
import type { ManagedNode } from './records.ts';
import type { Service } from './service.ts';
import {
  type Authorization,
  parseAmzDate,
  parseAuthorization,
  type SignableRequest,
  sameSignature,
  signWithSecret,
  stringToSign,
} from './signature.ts';

/** AWS refuses signatures made more than five minutes away from its own time. */
const maxClockSkewMs = 5 * 60_000;
const mustBeSigned = ['host', 'x-amz-date', 'x-amz-target'];

function header(request: SignableRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function authorizationOf(request: SignableRequest, service: string): Authorization {
  const text = header(request, 'authorization');
  if (!text) throw new AwsError('MissingAuthenticationTokenException');
  const authorization = parseAuthorization(text);
  if (!authorization) throw new AwsError('IncompleteSignatureException');
  if (authorization.scope.service !== service)
    throw new AwsError(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${service}'.`,
    );
  return authorization;
}

/** The text a node must have signed, once everything about it but the signature is in order. */
function signedText({ clock }: Service, request: SignableRequest, authorization: Authorization): string {
  const unsigned = mustBeSigned.find((name) => !authorization.signedHeaders.includes(name));
  if (unsigned) throw new AwsError('InvalidSignatureException', `The header '${unsigned}' must be signed.`);
  const date = header(request, 'x-amz-date') ?? '';
  const skew = Math.abs(clock().getTime() - parseAmzDate(date));
  if (!(skew <= maxClockSkewMs) || !date.startsWith(authorization.scope.date))
    throw new AwsError('InvalidSignatureException', `Signature expired or not yet current: ${date}`);
  return stringToSign(request, authorization);
}

/** Throws unless this may be an operator of the control plane. */
export function requireOperator(service: Service, request: SignableRequest): void {
  const { state, operatorSecret } = service;
  const authorization = authorizationOf(request, 'ssm');
  const { accessKeyId } = authorization;
  if (accessKeyId.startsWith('mi-') || isNodeAccessKey(state.sealingKey, accessKeyId))
    throw new AwsError('AccessDeniedException');
  if (operatorSecret === undefined) return;
  const text = signedText(service, request, authorization);
  if (!sameSignature(signWithSecret(operatorSecret, authorization.scope, text), authorization.signature))
    throw new AwsError(
      'InvalidSignatureException',
      "The signature does not match: the secret access key is this server's operator key.",
    );
}

/** The node whose registered RSA key signed the SigV4 string to sign (RSASSA-PSS, SHA-256, salt of 32 bytes). */
export function nodeBySigningKey(service: Service, request: SignableRequest): ManagedNode {
  const authorization = authorizationOf(request, 'ssm');
  const text = signedText(service, request, authorization);
  const node = service.state.nodes.get(authorization.accessKeyId);
  if (!node) throw new AwsError('InvalidInstanceId');
  const key = createPublicKey({ key: Buffer.from(node.publicKey, 'base64'), format: 'der', type: 'spki' });
  const genuine = verify(
    'sha256',
    Buffer.from(text),
    { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    Buffer.from(authorization.signature, 'base64'),
  );
  if (!genuine) throw new AwsError('AccessDeniedException', 'The signature is not by the registered key.');
  return node;
}

/** The node whose temporary credentials signed the request for `awsService`. */
export function nodeByCredentials(
  service: Service,
  request: SignableRequest,
  awsService: 'ssm' | 'ec2messages',
): ManagedNode {
  const { state, clock } = service;
  const authorization = authorizationOf(request, awsService);
  const credentials = openSessionToken(state.sealingKey, header(request, 'x-amz-security-token') ?? '');
  if (credentials?.accessKeyId !== authorization.accessKeyId)
    throw new AwsError('UnrecognizedClientException');
  if (credentials.expiresAt <= clock().getTime()) throw new AwsError('ExpiredTokenException');
  const text = signedText(service, request, authorization);
  const expected = signWithSecret(credentials.secretAccessKey, authorization.scope, text);
  if (!sameSignature(expected, authorization.signature)) throw new AwsError('InvalidSignatureException');
  const node = state.nodes.get(credentials.instanceId);
  if (!node) throw new AwsError('InvalidInstanceId');
  return node;
}
