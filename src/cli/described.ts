import { Command } from 'commander';

/** A command line as someone would type it, and what it is for. */
export interface Example {
  readonly line: string;
  readonly purpose: string;
}

/** A command with examples, with which its help begins: most readers want one of them. */
export class DescribedCommand extends Command {
  readonly examples: Example[] = [];

  override createCommand(name?: string): DescribedCommand {
    return new DescribedCommand(name);
  }

  example(line: string, purpose: string): this {
    this.examples.push({ line, purpose });
    return this;
  }

  override helpInformation(...context: Parameters<Command['helpInformation']>): string {
    const examples = this.examples.map(({ line, purpose }) => `  # ${purpose}\n  ${line}\n`);
    return (examples.length > 0 ? `${examples.join('\n')}\n` : '') + super.helpInformation(...context);
  }
}

/** For options that may be given more than once. */
export const collected = (value: string, earlier: readonly string[]): readonly string[] => [
  ...earlier,
  value,
];
