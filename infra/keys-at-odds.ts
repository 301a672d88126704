/**
 * Keys of a service's context that go together or exclude each other. It looks only at which keys are given, so that
 * these problems are named beside those of the values.
 */
export const keysAtOdds = (given: Readonly<Record<string, unknown>>): readonly string[] => {
  const has = (key: string): boolean => given[key] !== undefined;
  return given['exposure'] === 'private' ? [...endpoint(has)] : [...domain(has)];
};

type Has = (key: string) => boolean;

const MAKES_AN_ENDPOINT = ['vpcId', 'subnetIds', 'allowedCidrs'];

function* endpoint(has: Has): Generator<string> {
  if (!has('vpcEndpointIds')) {
    for (const key of MAKES_AN_ENDPOINT) {
      if (!has(key)) {
        yield `${key}: is needed to make a VPC endpoint; or name existing ones in vpcEndpointIds`;
      }
    }
    return;
  }
  if (MAKES_AN_ENDPOINT.some(has)) {
    yield 'vpcEndpointIds: is instead of vpcId, subnetIds and allowedCidrs: an endpoint has its own';
  }
}

function* domain(has: Has): Generator<string> {
  if (has('domainName') && !has('certificateArn')) yield 'certificateArn: domainName needs one';
  if (has('hostedZoneId') !== has('hostedZoneName')) yield 'hostedZoneId: goes with hostedZoneName';
  if (!has('domainName') && (has('certificateArn') || has('hostedZoneId'))) {
    yield 'domainName: certificateArn and hostedZoneId are for one';
  }
}
