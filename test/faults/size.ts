/** Whether what takes long is tried too, as in CI: real intervals of a minute, every fault of the matrix. */
export const IS_FULL_SIZE = process.env['FAULT_CELLS'] === 'all';
