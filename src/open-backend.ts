import { type Backend, createAwsBackend } from './backend.ts';
import type { Config } from './config.ts';
import { startLocalBackend } from './local/backend.ts';

export const clock = (): Date => new Date();

/** The backend that the configuration names. `onRegistration` is called when a machine has registered, where that is seen. */
export const openBackend = async (config: Config, onRegistration: () => void = () => {}): Promise<Backend> =>
  config.BACKEND === 'aws'
    ? createAwsBackend(config.AWS_REGION)
    : startLocalBackend({
        host: config.HOST,
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
        onRegistration,
      });
