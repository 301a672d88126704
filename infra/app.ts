import { App, type StackProps } from 'aws-cdk-lib';
import { compose } from './compose.ts';

/** The account and region that the CDK's command line works on, when it knows them. */
const environment = (): Pick<StackProps, 'env'> => {
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  return { env: { ...(account && { account }), ...(region && { region }) } };
};

try {
  await compose(new App(), environment());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
