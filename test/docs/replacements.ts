import type { Place } from './place.ts';

/** What stands in a page and cannot be done as it stands where the tests run, and what is done in its place. */
interface Replacement {
  readonly page: RegExp;
  readonly here: (place: Place) => string;
  readonly because: string;
}

/** The same in commands and in the answers shown. All else is run as it stands. */
export const REPLACEMENTS: readonly Replacement[] = [
  { page: /^npm ci && npm start$/gm, here: () => 'true', because: 'it runs already: each page has a server' },
  {
    page: /^npm run build && npm link$/gm,
    here: () => 'true',
    because: 'it would install for all tests; what it installs is on the PATH',
  },
  {
    page: /^npm ci --prefix .*$/gm,
    here: () => 'true',
    because: 'it compiles for half a minute; CI does it',
  },
  { page: /^npm test$/gm, here: () => 'true', because: 'this is one of those tests' },
  { page: /http:\/\/127\.0\.0\.1:8080/g, here: ({ url }) => url, because: 'the port may be taken' },
  { page: /http:\/\/127\.0\.0\.1:8081/g, here: ({ awsUrl }) => awsUrl, because: 'the port may be taken' },
  { page: /https:\/\/HOST\/latest/g, here: ({ url }) => `${url}/latest`, because: 'nothing is deployed' },
  {
    page: /http:\/\/(?:169\.254\.169\.254|metadata\.google\.internal)/g,
    here: ({ metadataUrl }) => metadataUrl,
    because: 'the machine of the tests has no metadata service',
  },
  {
    page: /\/var\/run\/secrets\/ssm-activation/g,
    here: ({ home }) => home,
    because: 'the tests do not run in a pod',
  },
  {
    page: /\bnpx cdk\b/g,
    here: () => 'cdk-here',
    because: "there is no account: the CDK's command line deploys to a stand-in, and is not asked to confirm",
  },
  { page: /^git pull && npm ci$/gm, here: () => 'true', because: 'it would change what is tested' },
  {
    page: /<output MemberBusArn>/g,
    here: () => 'arn:aws:events:eu-west-1:111122223333:event-bus/Members',
    because: 'the reader puts in what the deployment printed',
  },
  {
    page: /^eval "\$\(aws configure export-credentials --format env\)".*\n^infra\/smoke\.sh .*$/gm,
    here: () => 'bash -n infra/smoke.sh',
    because: 'API Gateway, which it asks, is not here; test/infra/smoke.test.ts runs it against a stand-in',
  },
  {
    page: /(?<!=)\baws (?=cloudformation|iam)/g,
    here: ({ deployingUrl }) => `aws --region eu-west-1 --endpoint-url ${deployingUrl} `,
    because: 'they are asked about what the CDK deployed',
  },
  {
    page: /(?<!=)\baws (?!ssm|--)/g,
    here: ({ otherAwsUrl }) => `aws --region eu-west-1 --endpoint-url ${otherAwsUrl} `,
    because: 'there is no account: something takes every call that the aws CLI finds well-formed',
  },
  {
    page: /(?<!=)\baws ssm\b/g,
    here: ({ awsUrl }) => `aws --region eu-west-1 --endpoint-url ${awsUrl} ssm`,
    because: 'Systems Manager is the embedded one',
  },
];

export const asHere = (text: string, place: Place): string =>
  REPLACEMENTS.reduce((known, { page, here }) => known.replace(page, here(place)), text);
