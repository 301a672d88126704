/** The time of day, injected so that tests can set it. */
export type Clock = () => Date;
