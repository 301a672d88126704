/** The embedded services take any access key id; this one stands for it, so that the SDK looks for no other. */
export const localCredentials = (secretAccessKey: string) => ({ accessKeyId: 'local', secretAccessKey });

/** For those of them that ask for no secret: the ledger, which nobody else can reach, and what tests start. */
export const LOCAL_CREDENTIALS = localCredentials('local');
