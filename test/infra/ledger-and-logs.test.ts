import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ledgerTable } from '../../src/ledger/table.ts';
import { PUBLIC, PUBLIC_WITH_EVERYTHING, serviceTemplate } from './synthesis.ts';

const TABLE = 'AWS::DynamoDB::Table';
const LOG_GROUP = 'AWS::Logs::LogGroup';

describe('the ledger', () => {
  it('is deployed in the schema that the service states', () => {
    const { TableName: _, AttributeDefinitions, ...schema } = ledgerTable('');

    serviceTemplate(PUBLIC).hasResourceProperties(TABLE, {
      ...schema,
      AttributeDefinitions: Match.arrayWith(AttributeDefinitions),
    });
  });

  it('cannot be deleted by accident, not even with the stack', () => {
    const template = serviceTemplate(PUBLIC);

    template.hasResourceProperties(TABLE, {
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ExpiresAt', Enabled: true },
    });
    template.hasResource(TABLE, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('goes with the stack when it was made removable', () => {
    const template = serviceTemplate({ ...PUBLIC, ledger: 'removable' });

    template.hasResourceProperties(TABLE, { DeletionProtectionEnabled: false });
    template.hasResource(TABLE, { DeletionPolicy: 'Delete' });
  });

  it('is a restored table when one is named, and the own one stays', () => {
    const template = serviceTemplate({ ...PUBLIC, restoredTable: 'ledger-restored' });

    template.resourceCountIs(TABLE, 1);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: { TABLE_NAME: 'ledger-restored' } },
    });
    template.hasOutput('TableName', { Value: 'ledger-restored' });
    const tables = [...JSON.stringify(template.findResources('AWS::IAM::Policy')).matchAll(/:table\/[^"]*/g)];
    expect(new Set(tables.map(([table]) => table.split('/')[1]))).toEqual(new Set(['ledger-restored']));
  });

  it('and the logs are under a key of the account when it is asked for', () => {
    const template = serviceTemplate(PUBLIC_WITH_EVERYTHING);
    const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };

    template.hasResourceProperties(TABLE, { SSESpecification: { SSEType: 'KMS', KMSMasterKeyId: key } });
    template.allResourcesProperties(LOG_GROUP, { KmsKeyId: key });
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });
});

describe('the logs', () => {
  it('are kept as long as the context says', () => {
    const template = serviceTemplate({ ...PUBLIC, logRetentionDays: '30' });

    template.resourceCountIs(LOG_GROUP, 4);
    template.allResourcesProperties(LOG_GROUP, { RetentionInDays: 30 });
  });

  it('hold of a request nothing in which a proof, a token or an activation code could be', () => {
    const Stage = z.object({
      Properties: z.object({
        StageName: z.literal('latest'),
        AccessLogSetting: z.object({ Format: z.string() }),
        MethodSettings: z.array(z.object({ DataTraceEnabled: z.boolean(), LoggingLevel: z.string() })),
      }),
    });
    const [stage] = Object.values(serviceTemplate(PUBLIC).findResources('AWS::ApiGateway::Stage'));

    const { AccessLogSetting, MethodSettings } = Stage.parse(stage).Properties;

    const variables = AccessLogSetting.Format.match(/\$[\w.]+/g);
    expect(new Set(variables)).toEqual(
      new Set([
        '$context.requestId',
        '$context.requestTime',
        '$context.identity.sourceIp',
        '$context.httpMethod',
        '$context.resourcePath',
        '$context.status',
        '$context.identity.userArn',
        '$context.error.responseType',
        '$context.responseLength',
        '$context.responseLatency',
      ]),
    );
    expect(MethodSettings.length).toBeGreaterThan(0);
    for (const { DataTraceEnabled, LoggingLevel } of MethodSettings) {
      expect({ DataTraceEnabled, LoggingLevel }).toEqual({ DataTraceEnabled: false, LoggingLevel: 'ERROR' });
    }
  });

  it('count as refusals and sweeps what the service really writes', () => {
    const template = serviceTemplate(PUBLIC);
    const filters = Object.values(template.findResources('AWS::Logs::MetricFilter')).map((filter) =>
      JSON.stringify(filter),
    );

    expect(filters).toHaveLength(4);
    expect(filters.join('\n')).toMatch(/NodeRoleUnusable.*SystemsManagerRefused.*LedgerRefused/);
    expect(filters.join('\n')).toMatch(/\$\.task = \\"sweep\\" && \$\.complete IS TRUE/);
    expect(filters.join('\n')).toMatch(/\$\.task = \\"hourly\\".*\$\.managedNodes/s);
  });
});
