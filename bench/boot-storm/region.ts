export const REGION = 'eu-west-1';
