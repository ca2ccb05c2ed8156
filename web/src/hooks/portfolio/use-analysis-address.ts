import { addressOf, goTo } from '../use-address.ts'

/** Opens an analysis. */
export function openAnalysis(taskId: string): void {
  goTo(addressOf({ page: 'portfolio', task: taskId }))
}
