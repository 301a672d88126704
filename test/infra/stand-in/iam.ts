/** Who has which managed policy. */
export class StandInIam {
  readonly #roles = new Map<string, string[]>();

  rolesWith(policy: string): readonly string[] {
    return this.#roles.get(policy) ?? [];
  }

  attach(policy: string, role: string): void {
    this.#roles.set(policy, [...this.rolesWith(policy), role]);
  }

  /** Undefined for what is not of IAM. */
  answer(action: string, fields: URLSearchParams): object | undefined {
    const policy = fields.get('PolicyArn') ?? '';
    switch (action) {
      case 'ListEntitiesForPolicy':
        return {
          PolicyRoles: this.rolesWith(policy).map((RoleName) => ({ RoleName, RoleId: 'AROA' })),
          IsTruncated: false,
        };
      case 'DetachRolePolicy':
        this.#roles.set(
          policy,
          this.rolesWith(policy).filter((role) => role !== fields.get('RoleName')),
        );
        return {};
      default:
        return undefined;
    }
  }
}
