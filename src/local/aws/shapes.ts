/** Members that several operations share; limits from the service's API model (ssm 2014-11-06). */
import * as z from 'zod';

export const activationIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const managedNodeIdPattern = /^mi-[0-9a-f]{17}$/;

const name = /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u;

export const defaultInstanceName = z.string().max(256).regex(name);
export const iamRole = z.string().max(64);
export const managedNodeId = z.string().regex(managedNodeIdPattern);
export const tagKey = z.string().min(1).max(128).regex(name);
export const tagList = z.array(z.object({ Key: tagKey, Value: z.string().max(256).regex(name) })).max(1000);
export const nextToken = z.string().optional();
