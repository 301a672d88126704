/** As far as `cdk deploy` gets without an account, and without the seconds that a template takes: `-c` and the policy. */
import { parseArgs } from 'node:util';
import { readConfiguration } from '../../../infra/configuration.ts';
import { shippedPolicy } from '../../../infra/shipped-policy.ts';

const { values } = parseArgs({
  options: { context: { type: 'string', short: 'c', multiple: true, default: [] } },
});
const context = values.context.map((pair) => [
  pair.slice(0, pair.indexOf('=')),
  pair.slice(pair.indexOf('=') + 1),
]);
const configuration = readConfiguration(Object.fromEntries(context));
if ('service' in configuration) shippedPolicy(configuration.service);
