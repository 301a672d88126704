import { readFile } from 'node:fs/promises';
import { expect, vi } from 'vitest';
import { testAuthority } from '../identity/instance-identity/authority.ts';
import { type AgentDownload, startAgentDownload } from './agent-download.ts';
import {
  type CleanMachine,
  type Outcome,
  type RunOptions,
  type Shell,
  startMachine,
} from './clean-machine.ts';
import { type MetadataService, startEc2Metadata } from './metadata-service.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';

const SCRIPTS = new URL('../../bootstrap-scripts/', import.meta.url);

/** Everything that stands around the machines of one test file. */
export interface Stage {
  readonly service: ServiceProcess;
  readonly download: AgentDownload;
  /** A script of `bootstrap-scripts/`. */
  scriptOf(path: string): Promise<string>;
  /** A machine that just booted, an EC2 instance. */
  boot(options?: BootOptions): Promise<Booted>;
  /** Boots a machine for as long as the work takes. */
  onMachine(options: BootOptions, work: (booted: Booted) => Promise<void>): Promise<void>;
  /** Expects a node that is Online, and that it is the only one: those it replaced are deregistered by the sweep. */
  onlineOnce(name: string): Promise<void>;
  close(): Promise<void>;
}

interface BootOptions {
  readonly shell?: Shell;
  /** Where the agent finds Systems Manager; by default straight at the embedded AWS. */
  readonly awsUrl?: string;
}

export interface Booted {
  readonly machine: CleanMachine;
  readonly instanceId: string;
  /** The environment that makes the script talk to this stage, with short waits. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the script as it stands in the repository. */
  bootstrap(flags?: readonly string[], options?: RunOptions): Promise<Outcome>;
  stop(): Promise<void>;
}

const scriptOf = (path: string): Promise<string> => readFile(new URL(path, SCRIPTS), 'utf8');

export const setStage = async (): Promise<Stage> => {
  const authority = testAuthority();
  const [service, download, script] = await Promise.all([
    startServiceProcess(authority),
    startAgentDownload(),
    scriptOf('linux/bootstrap.sh'),
  ]);

  const boot = async ({ shell = 'dash', awsUrl = service.awsUrl }: BootOptions = {}): Promise<Booted> => {
    const [machine, metadata]: [CleanMachine, MetadataService] = await Promise.all([
      startMachine(shell),
      startEc2Metadata(authority),
    ]);
    await machine.write(
      'etc/amazon/ssm/amazon-ssm-agent.json',
      JSON.stringify({ Ssm: { Endpoint: awsUrl } }),
    );
    await machine.write('etc/agent-key.asc', download.key.publicKey);
    await machine.write('root/bootstrap.sh', script, 0o755);
    const env = {
      SSM_ACTIVATION_API: service.url,
      SSM_ACTIVATION_REGION: 'us-west-2',
      SSM_ACTIVATION_METADATA_URL: metadata.url,
      SSM_ACTIVATION_METADATA_WAIT: '2',
      SSM_ACTIVATION_DOWNLOAD_URL: download.url,
      SSM_ACTIVATION_AGENT_KEY: '/etc/agent-key.asc',
      SSM_ACTIVATION_AGENT_KEY_FINGERPRINT: download.key.fingerprint,
      SSM_ACTIVATION_RETRY_BASE_MS: '100',
      SSM_ACTIVATION_RETRY_CAP_MS: '500',
      SSM_ACTIVATION_DEADLINE: '50',
      SSM_ACTIVATION_WAIT: '20',
      SSM_ACTIVATION_MIN_FREE_MB: '10',
    };
    return {
      machine,
      instanceId: metadata.instanceId,
      env,
      bootstrap: (flags = [], options = {}) =>
        machine.run(['/bin/sh', '/root/bootstrap.sh', ...flags], {
          ...options,
          env: { ...env, ...options.env },
        }),
      stop: async () => {
        await Promise.all([machine.stop(), metadata.close()]);
      },
    };
  };

  return {
    service,
    download,
    scriptOf,
    boot,
    onMachine: async (options, work) => {
      const booted = await boot(options);
      try {
        await work(booted);
      } finally {
        await booted.stop();
      }
    },
    onlineOnce: async (name) => {
      const node = await service.node(name);
      expect(node).toMatchObject({ PingStatus: 'Online' });
      const only = async () => expect(await service.registrationsOf(name)).toEqual([node?.InstanceId]);
      await vi.waitFor(only, { timeout: 10_000, interval: 200 });
    },
    close: async () => {
      await Promise.all([service.stop(), download.close()]);
    },
  };
};
