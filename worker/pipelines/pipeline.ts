import type { Kind, RequestOf, ResponseOf } from '../../shared/kinds.ts'
import type { TaskContext } from '../agents/context.ts'

/** The code of one kind: from the parsed request to the response. A plug-in is a function. */
export type Pipeline<K extends Kind> = (context: TaskContext, request: RequestOf<K>) => Promise<ResponseOf<K>>

/** One pipeline for every kind: a forgotten one does not compile. */
export type Pipelines = { [K in Kind]: Pipeline<K> }
