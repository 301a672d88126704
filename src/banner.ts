import type { Config } from './config.ts';
import { quoted } from './http/shell-assignments.ts';
import type { KeptOperatorKey } from './local/operator-key.ts';

export interface BannerFacts {
  readonly url: string;
  /** The embedded AWS, when there is one. */
  readonly awsUrl?: string | undefined;
  /** The operator key, when it is kept here and was not given. */
  readonly kept?: KeptOperatorKey | undefined;
  /** Whether a person reads it here and now: all else ends in a journal or a file. */
  readonly isTerminal: boolean;
  readonly config: Config;
}

/** A text as one word of a shell, bare where that reads better. */
const wordOf = (text: string): string => (/^[\w./-]+$/.test(text) ? text : quoted(text));

/** What `npm start` prints: where it listens, where the operator key is, and lines to paste. */
export const banner = ({ url, awsUrl, kept, isTerminal, config }: BannerFacts): string => {
  const lines = ['', `  API           ${url}`];
  if (awsUrl) {
    const file = kept && wordOf(kept.file);
    // Arguments can be read by every user of a machine, so the key goes by a pipe or by the environment.
    const header = file
      ? `sed 's/^/Authorization: Bearer /' ${file}`
      : `printf 'Authorization: Bearer %s' "$OPERATOR_KEY"`;
    const secret = file ? `"$(cat ${file})"` : '"$OPERATOR_KEY"';
    lines.push(
      `  Embedded AWS  ${awsUrl}  (${config.AWS_REGION}; state in ${config.DATA_DIR})`,
      `  Operator key  ${kept ? `in ${kept.file}` : 'as given in OPERATOR_KEY'}`,
      ...(kept?.isNew && isTerminal ? [`                ${kept.key}  (shown this once)`] : []),
      '',
      '  Mint an activation:',
      `    curl -s '${url}/activate?name=web-1&tags=Environment=Dev,Role=web'`,
      '  See which node is which machine:',
      `    ${header} | curl -s -H @- '${url}/nodes'`,
      '  Use the embedded AWS as AWS:',
      `    AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=${secret} aws --region ${config.AWS_REGION} --endpoint-url ${awsUrl} ssm describe-activations`,
      '',
      '  A local stand-in for developing and trying out; not for production.',
    );
  }
  return `${lines.join('\n')}\n\n`;
};
