import type { OperatorAuthentication } from './operators.ts';

/** IAM reference, "IAM identifiers": users, roles that were assumed, federated users, and the account itself. */
const PRINCIPAL = /^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:[!-~]+$/;

/** The IAM principal that API Gateway authenticated; there is none on routes without the IAM authoriser. */
export const iamPrincipal: OperatorAuthentication = ({ awsLambda }) => {
  const arn = awsLambda?.event?.userArn;
  return arn !== undefined && PRINCIPAL.test(arn) ? arn : undefined;
};
