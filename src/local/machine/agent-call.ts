/** One call of an agent to the service: signed or not, sent the way amazon-ssm-agent sends it. */
import { request as httpRequest } from 'node:http';
import * as z from 'zod';
import { amzDate, type CredentialScope, formatAuthorization, stringToSign } from '../aws/signature.ts';

/** A refusal by the service, under AWS's code. */
export class MachineCallError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(operation: string, status: number, code: string, message: string) {
    super(`${operation}: ${code}: ${message}`);
    this.name = 'MachineCallError';
    this.code = code;
    this.status = status;
  }
}

export interface AgentCall {
  /** `http://host:port` */
  readonly endpoint: string;
  readonly operation: string;
  readonly input: object;
  /** Sent in chunks, without a content-length, as the agent's RSA-signed calls are. */
  readonly chunked?: boolean;
}

export interface Signer {
  readonly region: string;
  readonly time: Date;
  /** An access key id, or the managed node's own id. */
  readonly accessKeyId: string;
  readonly sessionToken?: string;
  /** Turns the SigV4 string to sign into a signature. */
  readonly sign: (text: string, scope: CredentialScope) => string;
}

const refusal = z.object({ __type: z.string(), message: z.string() }).partial();

function headersOf({ endpoint, operation }: AgentCall, body: Buffer, signer?: Signer) {
  const plain = {
    'content-type': 'application/x-amz-json-1.1',
    host: new URL(endpoint).host,
    'x-amz-target': `AmazonSSM.${operation}`,
  };
  if (!signer) return plain;
  const { region, accessKeyId, sessionToken } = signer;
  const time = amzDate(signer.time);
  const headers = {
    ...plain,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const scope = { date: time.slice(0, 8), region, service: 'ssm' };
  const signedHeaders = Object.keys(headers).sort();
  const text = stringToSign({ method: 'POST', path: '/', headers, body }, { scope, signedHeaders });
  const signature = signer.sign(text, scope);
  return { ...headers, authorization: formatAuthorization({ accessKeyId, scope, signedHeaders, signature }) };
}

/** Resolves to the answer's JSON; rejects with a MachineCallError, or with what broke the connection. */
export function callService(call: AgentCall, signer?: Signer): Promise<unknown> {
  const body = Buffer.from(JSON.stringify(call.input));
  const length = call.chunked ? {} : { 'content-length': body.length };
  const headers = { ...headersOf(call, body, signer), ...length };
  return new Promise((resolve, reject) => {
    const request = httpRequest(call.endpoint, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        try {
          const answer: unknown = JSON.parse(Buffer.concat(chunks).toString());
          if (status === 200) return resolve(answer);
          const { __type = 'Unknown', message = '' } = refusal.parse(answer);
          reject(new MachineCallError(call.operation, status, __type, message));
        } catch (error) {
          reject(error);
        }
      });
    });
    request.on('error', reject);
    request.write(body);
    request.end();
  });
}
