/** The embedded services take any access key; these stand for it, so that the SDK looks for no other. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
