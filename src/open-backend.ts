import { type Backend, createAwsBackend } from './backend.ts';
import type { Config } from './config.ts';
import { startLocalBackend } from './local/backend.ts';

export const clock = (): Date => new Date();

export interface BackendWishes {
  /** What operators of an embedded AWS sign with; absent, nobody but this process can. */
  readonly operatorSecret?: string | undefined;
  /** Told what the clients of AWS warn of. */
  readonly warning: (text: string) => void;
  /** Called when a machine has registered, where that is seen. */
  readonly onRegistration?: () => void;
}

/** The backend that the configuration names. */
export const openBackend = async (
  config: Config,
  { operatorSecret, warning, onRegistration = () => {} }: BackendWishes,
): Promise<Backend> =>
  config.BACKEND === 'aws'
    ? createAwsBackend(config.AWS_REGION, warning)
    : startLocalBackend({
        host: config.HOST,
        hosts: config.ALLOWED_HOSTS,
        operatorSecret,
        port: config.LOCAL_AWS_PORT,
        region: config.AWS_REGION,
        tableName: config.TABLE_NAME,
        directory: config.DATA_DIR,
        faults: {
          tps: config.LOCAL_SSM_TPS,
          latencyMs: config.LOCAL_SSM_LATENCY_MS,
          lagMs: config.LOCAL_SSM_LAG_MS,
          faultRate: config.LOCAL_SSM_FAULT_RATE,
        },
        clock,
        warning,
        onRegistration,
      });
