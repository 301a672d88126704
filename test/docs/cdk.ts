import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCommand } from '../bootstrap/clean-machine.ts';
import { deployingTo, startDeployingAws } from '../infra/stand-in/deploying-aws.ts';
import { ACCOUNT } from '../infra/synthesis.ts';
import { install, type Place } from './place.ts';

/**
 * The place with a policy to deploy, and the CDK's own command line, which deploys to a stand-in of AWS. Whether its
 * account is bootstrapped already, or by the page.
 */
export const withCdk = async (place: Place, bootstrapped: boolean): Promise<Place> => {
  const { home } = place;
  const aws = await startDeployingAws();
  if (bootstrapped) aws.cloudFormation.bootstrap();
  // The page takes this away before it destroys the stack, with the aws CLI.
  if (hasCommand('aws'))
    aws.iam.attach(`arn:aws:iam::${ACCOUNT}:policy/SsmActivation-OperatorPolicyArn`, 'Operators');
  const settings = Object.entries(deployingTo(aws, home)).map(([name, value]) => `${name}='${value}'`);
  const notTheEmbedded = '-u AWS_ENDPOINT_URL_SSM -u AWS_ENDPOINT_URL_DYNAMODB';
  await install(home, 'cdk-here', `exec env ${notTheEmbedded} ${settings.join(' ')} cdk "$@"`);
  await copyFile('infra/policy.example.json', join(home, 'policy.json'));
  return { ...place, deployingUrl: aws.url };
};
