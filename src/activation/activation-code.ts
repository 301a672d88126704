import { inspect } from 'node:util';

const REDACTED = '[ActivationCode]';

/**
 * The secret half of an activation. Whatever prints, serialises or inspects it gets a placeholder;
 * only the answer to the caller who proved its identity calls {@link reveal}.
 */
export class ActivationCode {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
