import { createServer } from 'node:http';
import type { Authority } from '../identity/instance-identity/authority.ts';
import { documentFields } from '../identity/instance-identity/documents.ts';
import { signDocument } from '../identity/instance-identity/sign.ts';
import { type Listener, listen } from './listener.ts';

export interface MetadataService extends Listener {
  readonly instanceId: string;
}

const SESSION = 'AQAEAExampleSession==';

/** The metadata service of one EC2 instance, version 2 only; its identity documents are signed by the test's authority. */
export const startEc2Metadata = async (authority: Authority): Promise<MetadataService> => {
  const instanceId = `i-0${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const pendingTime = new Date().toISOString().replace(/\.\d+/, '');
  const rsa2048 = signDocument(documentFields({ instanceId, pendingTime }), authority.privateKey);
  const pages = new Map([
    ['/latest/dynamic/instance-identity/rsa2048', rsa2048],
    ['/latest/meta-data/instance-id', instanceId],
  ]);
  const server = createServer(({ method, url = '', headers }, response) => {
    if (url === '/latest/api/token') {
      const asked = method === 'PUT' && headers['x-aws-ec2-metadata-token-ttl-seconds'] !== undefined;
      return response.writeHead(asked ? 200 : 400).end(asked ? SESSION : '');
    }
    if (headers['x-aws-ec2-metadata-token'] !== SESSION) return response.writeHead(401).end();
    const page = pages.get(url);
    return response.writeHead(page ? 200 : 404).end(page);
  });
  return { ...(await listen(server)), instanceId };
};
