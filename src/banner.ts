import type { Config } from './config.ts';

export interface BannerFacts {
  readonly url: string;
  /** The embedded AWS, when there is one. */
  readonly awsUrl?: string | undefined;
  readonly operatorKey?: string | undefined;
  readonly config: Config;
}

/** What `npm start` prints: where it listens, the operator key, and lines to paste. */
export const banner = ({ url, awsUrl, operatorKey, config }: BannerFacts): string => {
  const lines = ['', `  API           ${url}`];
  if (awsUrl) lines.push(`  Embedded AWS  ${awsUrl}  (${config.AWS_REGION}; state in ${config.DATA_DIR})`);
  if (operatorKey) lines.push(`  Operator key  ${operatorKey}`);
  if (awsUrl) {
    lines.push(
      '',
      '  Mint an activation:',
      `    curl -s '${url}/activate?name=web-1&tags=Environment=Dev,Role=web'`,
      '  See which node is which machine:',
      `    curl -s -H 'Authorization: Bearer ${operatorKey}' '${url}/nodes'`,
      '  Use the embedded AWS as AWS:',
      `    AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws --region ${config.AWS_REGION} --endpoint-url ${awsUrl} ssm describe-activations`,
      '',
      '  A local stand-in for developing and trying out; not for production.',
    );
  }
  return `${lines.join('\n')}\n\n`;
};
