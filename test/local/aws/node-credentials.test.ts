import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import {
  formatAuthorization,
  parseAuthorization,
  signWithSecret,
  stringToSign,
} from '../../../src/local/aws/signature.ts';
import { hour, minute, refusal } from '../embedded-aws.ts';
import type { Token } from '../raw-agent.ts';
import { callWithSdk, type Outgoing, startWithAgent } from '../sdk-agent.ts';

describe('the credentials of a node', () => {
  test('are good side by side, each until it expires', async () => {
    const { register, requestToken, pingWithSdk, advance } = await startWithAgent();
    const id = await register();
    const first = await requestToken(id);
    advance(2 * minute);
    const second = await requestToken(id);

    await pingWithSdk(id, first);
    await pingWithSdk(id, second);
    expect(second.AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test('are refused once expired', async () => {
    const { register, requestToken, pingWithSdk, advance } = await startWithAgent();
    const id = await register();
    const credentials = await requestToken(id);
    advance(hour);

    expect(await refusal(pingWithSdk(id, credentials))).toMatchObject({ code: 'ExpiredTokenException' });
  });

  test.each<[string, (request: Outgoing) => void]>([
    [
      'body',
      (request) => {
        request.body = request.body.replace('Linux', 'MacOS');
      },
    ],
    [
      'signature',
      ({ headers }) => {
        headers['authorization'] = (headers['authorization'] ?? '').replace(/.{4}$/, '0000');
      },
    ],
    [
      'date',
      ({ headers }) => {
        headers['x-amz-date'] = (headers['x-amz-date'] ?? '').replace(/.Z$/, (end) =>
          end === '1Z' ? '2Z' : '1Z',
        );
      },
    ],
    [
      'target',
      ({ headers }) => {
        headers['x-amz-target'] = 'AmazonSSM.ListInstanceAssociations';
      },
    ],
  ])('do not cover a request whose %s was changed on the way', async (_part, tamper) => {
    const { register, requestToken, pingWithSdk } = await startWithAgent();
    const id = await register();
    const credentials = await requestToken(id);

    expect(await refusal(pingWithSdk(id, credentials, tamper))).toMatchObject({
      code: 'InvalidSignatureException',
    });
  });

  test('do not cover a request that leaves the operation out of what is signed', async () => {
    const { register, requestToken, pingWithSdk } = await startWithAgent();
    const id = await register();
    const credentials = await requestToken(id);
    const signLess = ({ headers, body }: Outgoing) => {
      const authorization = parseAuthorization(headers['authorization'] ?? '');
      if (!authorization) throw new Error('not signed');
      const { scope } = authorization;
      const signedHeaders = authorization.signedHeaders.filter((name) => name !== 'x-amz-target');
      const request = { method: 'POST', path: '/', headers, body: Buffer.from(body) };
      const text = stringToSign(request, { scope, signedHeaders });
      const signature = signWithSecret(credentials.SecretAccessKey, scope, text);
      headers['authorization'] = formatAuthorization({ ...authorization, signedHeaders, signature });
    };

    expect(await refusal(pingWithSdk(id, credentials, signLess))).toMatchObject({
      code: 'InvalidSignatureException',
      message: expect.stringContaining("'x-amz-target' must be signed"),
    });
  });

  test('are refused with another secret, another token, or no token', async () => {
    const { register, requestToken, pingWithSdk } = await startWithAgent();
    const id = await register();
    const one = await requestToken(id);
    const other = await requestToken(id);
    const codeFor = async (credentials: Token) => (await refusal(pingWithSdk(id, credentials))).code;

    expect(await codeFor({ ...one, SecretAccessKey: other.SecretAccessKey })).toBe(
      'InvalidSignatureException',
    );
    expect(await codeFor({ ...one, SessionToken: other.SessionToken })).toBe('UnrecognizedClientException');
    expect(await codeFor({ ...one, SessionToken: one.SessionToken.replace(/.$/, '!') })).toBe(
      'UnrecognizedClientException',
    );
    expect(await codeFor({ ...one, SessionToken: '' })).toBe('UnrecognizedClientException');
  });

  test('speak for no other node', async () => {
    const { register, requestToken, pingWithSdk, ssm } = await startWithAgent();
    const mine = await requestToken(await register());
    const victim = await register();

    expect(await refusal(pingWithSdk(victim, mine))).toMatchObject({ code: 'AccessDeniedException' });
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
    expect(InstanceInformationList?.every(({ PingStatus }) => PingStatus === 'ConnectionLost')).toBe(true);
  });

  test.each(['with', 'without'])('open no control-plane call, %s their session token', async (form) => {
    const { register, requestToken, endpoint } = await startWithAgent();
    const credentials = await requestToken(await register());
    const sent = form === 'with' ? credentials : { ...credentials, SessionToken: '' };

    const call = callWithSdk(endpoint, sent, 'AmazonSSM.DescribeInstanceInformation', {});

    expect(await refusal(call)).toMatchObject({ code: 'AccessDeniedException' });
  });
});
