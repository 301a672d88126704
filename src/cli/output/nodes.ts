import type { Node } from '../../client/api.ts';
import { ansible } from './ansible.ts';
import type { Listing } from './formats.ts';
import { hosts } from './hosts.ts';
import { sshConfig } from './ssh-config.ts';
import { tagText } from './tag-text.ts';

/** `warn` is told of nodes that a format cannot hold. */
export const nodeListing = (region: string, warn: (message: string) => void): Listing<Node> => ({
  columns: [
    { field: 'Name', text: ({ Name }) => Name, key: true },
    { field: 'InstanceId', text: ({ InstanceId = '' }) => InstanceId, key: true },
    { field: 'Status', text: ({ Status }) => Status },
    { field: 'PingStatus', text: ({ PingStatus = '' }) => PingStatus, color: colorOf },
    { field: 'LastPingDateTime', text: ({ LastPingDateTime = '' }) => LastPingDateTime },
    { field: 'IPAddress', text: ({ IPAddress = '' }) => IPAddress, detail: true },
    { field: 'AgentVersion', text: ({ AgentVersion = '' }) => AgentVersion, detail: true },
    { field: 'ActivationId', text: ({ ActivationId = '' }) => ActivationId, detail: true },
    { field: 'RegistrationDate', text: ({ RegistrationDate = '' }) => RegistrationDate, detail: true },
    { field: 'ExpirationDate', text: ({ ExpirationDate = '' }) => ExpirationDate, detail: true },
    { field: 'Identity', text: ({ Identity }) => (Identity ? `${Identity.Proof} ${Identity.Subject}` : '') },
    { field: 'Tags', text: ({ Tags }) => tagText(Tags) },
  ],
  formats: { ansible: ansible(region, warn), 'ssh-config': sshConfig(region, warn), hosts: hosts(warn) },
});

const colorOf = ({ PingStatus }: Node) => {
  if (PingStatus === undefined) return undefined;
  return PingStatus === 'Online' ? 'green' : 'yellow';
};
