/** What the embedded AWS remembers. Times are epoch milliseconds; the wire has epoch seconds. */

export interface Stored {
  readonly id: string;
  /** Grows with each record: the order of listings, and the place where a page ends. */
  readonly serial: number;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface Activation extends Stored {
  /** SHA-256 of the ActivationCode, hexadecimal; the code itself is kept nowhere. */
  readonly codeHash: string;
  readonly description: string | undefined;
  readonly defaultInstanceName: string | undefined;
  readonly iamRole: string;
  readonly registrationLimit: number;
  readonly registrationsCount: number;
  readonly expiresAt: number;
  readonly createdAt: number;
  readonly tags: readonly Tag[];
}

/** What an agent reports of itself, in AWS's names. */
export interface AgentReport {
  readonly AgentVersion?: string | undefined;
  readonly PlatformType?: string | undefined;
  readonly PlatformName?: string | undefined;
  readonly PlatformVersion?: string | undefined;
  readonly IPAddress?: string | undefined;
  readonly ComputerName?: string | undefined;
}

export interface ManagedNode extends Stored {
  readonly activationId: string;
  readonly name: string | undefined;
  readonly iamRole: string;
  readonly registeredAt: number;
  readonly fingerprint: string;
  /** Base64 of the DER SubjectPublicKeyInfo. */
  readonly publicKey: string;
  readonly tags: readonly Tag[];
  /** Undefined until the agent's first ping. */
  readonly lastPingAt: number | undefined;
  readonly report: AgentReport;
}
